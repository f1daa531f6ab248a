"""Workbooks in the shape of SisPT's and DNP's, of two products, with what a test changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inputs.readers.made_files import write_xlsx

YEARS = (2024, 2025, 2026, 2027)
FUNDS = ("Recursos propios", "SGP educación", "SGP salud", "Crédito", "Otros")
PRODUCTS: tuple[dict[str, Any], ...] = (
    {
        "Código de indicador de producto (SisPT)": "IP-1",
        "Línea estratégica": "LE-8-VIDA PLENA",
        "Sector (MGA)": "Inclusión social  y reconciliación_x000D_\n",
        "Código del programa (MGA)": "4102",
        "Programa (MGA)": "Desarrollo integral de la primera infancia",
        "Código del producto (MGA)": "4102001",
        "Producto (MGA)": "Servicio de atención integral",
        "Código de indicador de producto (MGA)": "410200100",
        "Indicador de Producto(MGA)": "Niños y niñas atendidos",
        "Personalización de Indicador de Producto": "META.1 Niños",
        "Unidad de medida": "Número",
        "Meta del cuatrienio": 800.0,
        "Principal": "Sí",
        "Tipo de acumulación": "No acumulativo",
        "physical": 800.0,
        "money": (100.0, 200.0, 0.0, 0.0, 50.0),
        "BPIN": "2024730670060",
    },
    {
        "Código de indicador de producto (SisPT)": "IP-2",
        "Línea estratégica": "LE-9-AGUA",
        "Sector (MGA)": "Vivienda, ciudad y territorio",
        "Código del programa (MGA)": "4003",
        "Programa (MGA)": "Acceso a los servicios de agua potable",
        "Código del producto (MGA)": "4003017",
        "Producto (MGA)": "Acueductos optimizados",
        "Código de indicador de producto (MGA)": "400301700",
        "Indicador de Producto(MGA)": "Acueductos optimizados",
        "Personalización de Indicador de Producto": None,
        "Unidad de medida": "Número",
        "Meta del cuatrienio": 2.0,
        "Principal": "No",
        "Tipo de acumulación": "Acumulativo",
        "physical": 0.5,
        "money": (1000.0, 0.0, 0.0, 0.0, 0.0),
        "BPIN": None,
    },
)
_TEXTS = [name for name in PRODUCTS[0] if name not in ("physical", "money", "BPIN")]


def sispt(
    path: Path,
    *,
    code: Any = "73067",
    years: tuple[int, ...] = YEARS,
    products: tuple[dict[str, Any], ...] = PRODUCTS,
    drop: tuple[str, ...] = (),
    total: float | None = None,
) -> Path:
    """A plan indicativo; ``drop``: headings left out; ``total``: instead of every sum."""
    physical = [f"Programación del producto bien o  servicio {year}" for year in years]
    money = [f"{name} {year}" for year in years for name in (*FUNDS, "Total")]
    header = ["Código DANE", *_TEXTS, *physical, *money, "BPIN"]
    rows = []
    for product in products:
        paid = [*product["money"], sum(product["money"]) if total is None else total]
        rows.append(
            [code, *(product[name] for name in _TEXTS), *[product["physical"]] * len(years)]
            + paid * len(years)
            + [product["BPIN"]]
        )
    kept = [at for at, name in enumerate(header) if name not in drop]
    table = [["PARTE ESTRATÉGICA"], [header[at] for at in kept]]
    table += [[row[at] for at in kept] for row in rows]
    return write_xlsx(
        path,
        {
            "Líneas estratégicas": [["Consecutivo", "Línea"], ["LE-8", "VIDA PLENA"]],
            "Plan indicativo - Productos": table,
            "Plan indicativo SGR - Productos": [["PLAN INDICATIVO SGR"], ["Código DANE"]],
        },
    )


NOT_FOUND = "No se encontró ejecución en {}"
_MONEY_ROW = ["IP-1, IP-2", "41", "Inclusión social", "4102", "Desarrollo integral", "4102001",
              "Atención integral", "Comprende", "2024730670060"]  # fmt: skip
_TARGET_ROW = ["IP-1, IP-2", "41", "Inclusión social", "4102", "Desarrollo integral", "4102001",
               "Atención integral", "410200100", "Niños y niñas atendidos", "2024730670060", "No",
               "Número", 800]  # fmt: skip


def follow_up(
    path: Path,
    *,
    name: str = "Ataco, Tolima",
    quarter: str = "2025 - tercer trimestre",
    sispt: str = "31 de diciembre de 2025",
    executed: Any = 421,
    told: str = "Lo ejecutado está por debajo de lo programado en la vigencia",
    project: str = "2024730670060",
) -> Path:
    """A follow-up of one product; ``executed`` and ``told``: the physical cell of 2025."""
    fin = [
        "Consecutivos IP (SisPT)", "Código Sector (MGA)", "Sector (MGA)", "Código Programa (MGA)",
        "Programa (MGA)", "Código Producto (MGA)", "Producto (MGA)",
        "Descripción del Producto (MGA)", "Códigos BPIN Asociados",
        "Programación Cuatrienio SisPT",
        *(f"Programado {year} (SisPT)" for year in YEARS),
    ]  # fmt: skip
    for year in (2024, 2025):
        fin += [f"{what} {year} (CUIPO)" for what in ("Compromisos", "Obligaciones", "Pagos")]
        fin += [
            f"Obligaciones como % de lo programado ({year})",
            f"Explicación del valor {year}",
        ]
    phy = [
        "Consecutivos IP (SisPT)", "Código Sector (MGA)", "Sector (MGA)", "Código Programa (MGA)",
        "Programa (MGA)", "Código Producto (MGA)", "Producto (MGA)",
        "Código Indicador Producto (MGA)", "Indicador Producto (MGA)", "Códigos BPIN Asociados",
        "Acumulativo", "Unidad de Medida", "Meta del Cuatrenio (SisPT)",
        *(f"Programado {year} (SisPT)" for year in YEARS),
    ]  # fmt: skip
    for year in (2024, 2025):
        phy += [
            f"Ejecución Física {year} (PIIP)",
            f"Avance físico {year} (%)",
            f"Explicación del valor {year}",
        ]
    money = [*_MONEY_ROW[:-1], project, 4e9, 1e9, 1e9, 1e9, 1e9, 9e8, 8e8, 7e8, 0.8, "Menos"]
    money += [" ", " ", " ", " ", NOT_FOUND.format("CUIPO")]
    targets = [*_TARGET_ROW[:9], project, *_TARGET_ROW[10:], 800, 800, 800, 800, 800, 1.0, "Todo"]
    targets += [executed, 0.52, told]
    blank: list[list[Any]] = [["Detalle"], *[[None]] * 5]
    return write_xlsx(
        path,
        {
            "Resumen": [
                [None, None, "Informe de Seguimiento al PDT", None, quarter],
                [None, name],
                [None, "Informe generado con información de SisPT al:", sispt],
            ],
            "Detalle seguimiento financiero": [*blank, fin, money],
            "Detalle seguimiento físico": [*blank, phy, targets],
        },
    )
