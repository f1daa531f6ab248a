"""Parts of many files made one table; two files of one source that overlap."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gsi.errors import Finding

KEYS = {
    "divipola": ["municipio"],
    "limites": ["municipio"],
    "poblacion": ["municipio", "periodo", "sexo", "edad", "area"],
    "hogares": ["hogar", "corte"],
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


def same_source(
    table: str, files: Sequence[tuple[str, pd.DataFrame]]
) -> tuple[pd.DataFrame, list[str], list[Finding]]:
    """Join the files of one source: different years add up, equal rows count once.

    Rows of one key that differ are two versions of the same figure. Which is newer cannot be known
    from the files, so it is the person's to decide: a finding a pair of files, nothing chosen.
    Returns the table, notes about rows repeated, and findings.
    """
    notes, findings = [], []
    key = KEYS[table]
    kept: list[tuple[str, pd.DataFrame]] = []
    for file, frame in files:
        new = frame
        for other, earlier in kept:
            both = new.merge(earlier, on=key, how="inner", suffixes=("", " antes"))
            if both.empty:
                continue
            values = [name for name in frame.columns if name not in key]
            differ = pd.Series(False, index=both.index)
            for name in values:
                left, right = both[name], both[f"{name} antes"]
                differ |= (left != right) & ~(left.isna() & right.isna())
            if differ.any():
                findings.append(
                    _two_versions(other, file, both.loc[differ, key], int(differ.sum()))
                )
            else:
                notes.append(f"{len(both)} filas iguales a las de {other}: se cuentan una vez.")
            repeated = pd.MultiIndex.from_frame(new[key]).isin(pd.MultiIndex.from_frame(both[key]))
            new = new[~repeated]
        kept.append((file, new))
    return concat([frame for _, frame in kept]), notes, findings


def _two_versions(first: str, second: str, rows: pd.DataFrame, count: int) -> Finding:
    example = ", ".join(str(value) for value in rows.iloc[0])
    return Finding(
        f"{first} y {second}",
        "dos archivos de la misma fuente no pueden dar valores distintos para lo mismo",
        f"{count} filas distintas; por ejemplo {example}",
        "Deje en la carpeta solo la versión vigente.",
    )
