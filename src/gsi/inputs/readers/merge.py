"""Parts of many files made one table; two files of one source that overlap."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gsi.ground.errors import Finding

# Table → the columns that tell a row from another.
IDENTITY = {
    "divipola": ["municipio"],
    "limites": ["municipio"],
    "poblacion": ["municipio", "periodo", "sexo", "edad", "area"],
    "hogares": ["hogar", "corte"],
    "escenarios": ["escenario", "periodo", "nota"],
    "actores": ["actor", "nota"],
    "servicios": ["servicio", "periodo"],
    "inversion": [
        "municipio",
        "vigencia",
        "corte",
        "tipo_vigencia",
        "entidad",
        "linea",
        "programa",
        "producto",
        "bpin",
        "fuente_publicada",
    ],
    "plan_desarrollo": ["municipio", "codigo_sispt", "periodo"],
    "avance_plan_desarrollo": [
        "municipio",
        "seguimiento",
        "producto",
        "indicador",
        "codigos_sispt",
        "periodo",
        "fecha_informe",
    ],
    "indicadores": ["municipio", "indicador", "periodo", "area", "serie"],
}


def concat(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rows one after another; categorical columns stay categorical, their categories united."""
    if len(frames) == 1:
        return frames[0].reset_index(drop=True)
    frames = [frame.copy(deep=False) for frame in frames]
    for name in frames[0].columns:
        columns = [frame[name] for frame in frames if name in frame]
        if any(isinstance(column.dtype, pd.CategoricalDtype) for column in columns):
            united = sorted(
                {str(value) for column in columns for value in column.dropna().unique()}
            )
            for frame in frames:
                if name in frame:
                    frame[name] = pd.Categorical(frame[name], categories=united)
    return pd.concat(frames, ignore_index=True)


def disagreeing(table: str, files: Sequence[tuple[str, pd.DataFrame]]) -> dict[int, list[Finding]]:
    """Position of each file that gives other values than another file of its source → findings.

    Rows of one identity that differ are two versions of the same figure. Which is newer cannot be
    known from the files: neither is chosen, and both are told. What one of them does not say at all
    is no difference.
    """
    identity = IDENTITY[table]
    found: dict[int, list[Finding]] = {}
    for position, (file, frame) in enumerate(files):
        for before, (other, earlier) in enumerate(files[:position]):
            both = frame.merge(earlier, on=identity, how="inner", suffixes=("", " antes"))
            differ = pd.Series(False, index=both.index)
            for name in (one for one in frame.columns if one in earlier and one not in identity):
                left, right = both[name], both[f"{name} antes"]
                differ |= (left != right) & ~(left.isna() & right.isna())
            if differ.any():
                finding = _two_versions(other, file, both.loc[differ, identity], int(differ.sum()))
                found.setdefault(before, []).append(finding)
                found.setdefault(position, []).append(finding)
    return found


def once(data: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[str], list[Finding]]:
    """The rows of ``indicadores`` that one file gives, those that it repeats counted once.

    Rows of one identity that differ are two figures of one fact: a finding, nothing chosen. Returns
    the table, notes about rows repeated, and findings.
    """
    identity = IDENTITY["indicadores"]
    if not data.duplicated(identity).any():
        return data, [], []
    single = data.drop_duplicates(ignore_index=True)
    differ = single[single.duplicated(identity, keep=False)]
    if differ.empty:
        lost = len(data) - len(single)
        told = (
            "1 fila repetida en el archivo: se cuenta una vez."
            if lost == 1
            else f"{lost} filas repetidas en el archivo: se cuentan una vez."
        )
        return single, [told], []
    example = ", ".join(str(value) for value in differ[identity].iloc[0])
    received = f"{len(differ)} filas con valores distintos; por ejemplo {example}"
    rule = "un archivo no puede dar dos valores para lo mismo"
    return data, [], [Finding(file, rule, received, "Deje en el archivo solo la fila correcta.")]


def same_source(
    table: str, files: Sequence[tuple[str, pd.DataFrame]]
) -> tuple[pd.DataFrame, list[str]]:
    """Join the files of one source, none :func:`disagreeing`: different years add up, equal rows
    count once. Returns the table, and notes about rows repeated."""
    notes = []
    identity = IDENTITY[table]
    kept: list[tuple[str, pd.DataFrame]] = []
    for file, frame in files:
        new = frame
        for other, earlier in kept:
            repeated = pd.MultiIndex.from_frame(new[identity]).isin(
                pd.MultiIndex.from_frame(earlier[identity])
            )
            if repeated.any():
                notes.append(
                    f"{repeated.sum()} filas iguales a las de {other}: se cuentan una vez."
                )
                new = new[~repeated]
        kept.append((file, new))
    return concat([frame for _, frame in kept]), notes


def _two_versions(first: str, second: str, rows: pd.DataFrame, count: int) -> Finding:
    example = ", ".join(str(value) for value in rows.iloc[0])
    return Finding(
        f"{first} y {second}",
        "dos archivos de la misma fuente no pueden dar valores distintos para lo mismo",
        f"{count} {'fila distinta' if count == 1 else 'filas distintas'}; por ejemplo {example}",
        "Deje en la carpeta solo la versión vigente: mientras estén las dos no se usa ninguna.",
    )
