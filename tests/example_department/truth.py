"""What is planted in the fictional department, so that tests can ask whether it is found.

Everything here is an assumption of the generator, never a result of the workbook. The *hidden
living condition* is a number without unit, about 0 in the average household and higher where
people live better; it drives every observed asset, privation and indicator. ``condition`` of a
municipality is the mean of its households at the baseline.
"""

from __future__ import annotations

from dataclasses import dataclass

SEED = 20181122
DEPARTMENT = "00"
DEPARTMENT_NAME = "Ejemplo"
BASELINE = 2018
FOLLOW_UP = 2024
CUTS = ("2024-06-30", "2024-12-31")
"""The two follow-up cuts of the plan; every 'overdue' and 'open' below is relative to them."""


@dataclass(frozen=True)
class Municipality:
    """A fictional municipality: ``row`` counts from the north, ``column`` from the west; its first
    ``towns`` micro-territories are urban."""

    code: str
    name: str
    condition: float
    people: int
    rural: float
    micro_territories: int
    row: int
    column: int
    towns: int = 1

    def micro_territory(self, number: int) -> str:
        """``00010-04``: the number counts from 1, which is always in the town."""
        return f"{self.code}-{number:02d}"

    @property
    def places(self) -> list[str]:
        """Its micro-territories in order, those of the town first."""
        return [self.micro_territory(n + 1) for n in range(self.micro_territories)]


MUNICIPALITIES = (
    Municipality("00001", "San Telmo de la Vega", 0.62, 58_000, 0.15, 4, 1, 1, towns=3),
    Municipality("00002", "Quebradagrande", -0.63, 17_400, 0.62, 3, 2, 0),
    Municipality("00003", "Villa Ceñida", 0.20, 31_200, 0.38, 4, 1, 0),
    Municipality("00004", "Peñas Azules", 0.05, 22_600, 0.50, 3, 0, 0),
    Municipality("00005", "El Guadualito", 0.10, 19_800, 0.47, 3, 0, 1),
    Municipality("00006", "Nuevo Ébano", 0.15, 26_500, 0.41, 4, 1, 2),
    Municipality("00007", "Río Ámbar", -0.43, 14_300, 0.66, 3, 2, 2),
    Municipality("00008", "Las Ceibitas", -0.02, 20_900, 0.52, 3, 2, 1),
    Municipality("00009", "Santa Brígida del Sur", -1.15, 12_700, 0.74, 4, 3, 0),
    Municipality("00010", "Altos del Ñeque", -1.32, 19_500, 0.84, 4, 3, 1),
    Municipality("00011", "Tierra d'Ocre", -1.12, 11_500, 0.77, 4, 3, 2),
    Municipality("00012", "Palma & Roble", -0.05, 8_600, 0.58, 3, 0, 2),
)
BY_CODE = {municipality.code: municipality for municipality in MUNICIPALITIES}
CAPITAL = "00001"

# ── comprehension ────────────────────────────────────────────────────────────────────────────
PRIORITY = ("00009", "00010", "00011")
"""Clearly poor in most indicators, contiguous along the southern border: the cluster."""
TO_CONFIRM = "00007"
RUNNER_UP = "00002"
"""Both moderately poor and next to the cluster. Whether the first or the second comes after the
cluster depends on weights (one is worse in adolescent fertility, the other in housing): with a
group of four (``priority.group_share`` 0.34) the first is 'por confirmar'; with a group of three
neither belongs to it."""
UNCLASSIFIABLE = "00012"
"""No survey, no small-area estimate and only these indicators: below any sensible minimum."""
UNCLASSIFIABLE_HAS = ("cobertura_neta", "ipm_censo")

WORSENED_FOOD_SECURITY = "00006"
"""Food insecurity rises here by 9 points between 2022 and 2024; elsewhere it falls by about 3."""
FOOD_SECURITY_RISE = 9.0

READING_AGREES = "desarrollo"
"""The right that actors of the priority municipalities name most, as the data do (education)."""
READING_ONLY_ACTORS = ("00003", "proteccion")
"""Actors see violence against children where no indicator of the data stands out."""
READING_ONLY_DATA = ("00007", "todos_afectos")
"""Adolescent fertility is high in the data and no statement of the workshop speaks of it."""
ADOLESCENT_FERTILITY_FACTOR = 1.9

SCENARIO_DEFICIT = ("00009", "cdi")
"""Child development centres with far fewer places per child than in any other municipality."""

# ── households: before, after, and what the service days changed ─────────────────────────────
HOUSEHOLDS_PER_MUNICIPALITY = 120
TREND = 0.20
"""Change of the hidden condition between cuts that every household shares."""
EFFECT = 0.50
"""Additional change in households reached by a service day: the difference-in-differences."""
REACH = 0.45
"""Probability that a household of a visited micro-territory was reached."""
VULNERABLE_BELOW = -0.40
"""Households whose baseline condition is lower should be identified as vulnerable."""

# ── key 2 ────────────────────────────────────────────────────────────────────────────────────
NO_TRAINING = "00011"
"""A priority municipality where no course was ever given."""

# ── key 3 ────────────────────────────────────────────────────────────────────────────────────
LEAKAGE = CAPITAL
"""Where services outside service days most often reach people not identified as vulnerable."""
SERVED_ELIGIBLE = {"priority": 0.22, "moderate": 0.35, "other": 0.45, "capital": 0.60}
SERVED_NOT_ELIGIBLE = {"priority": 0.04, "moderate": 0.08, "other": 0.10, "capital": 0.38}
OVERUSED_SERVICE = ("00006", "salud")
"""More places used than offered in 2024: a warning of quality, planted."""


@dataclass(frozen=True)
class Route:
    """What is planted in one route; steps are named by their ``paso``."""

    dominant_barrier: str
    losing_step: str
    late_step: str
    cases: int


ROUTES = {
    "seguridad_alimentaria": Route("economica", "remision", "valoracion", 118),
    "adolescentes_gestantes": Route("cultural", "captacion", "control_prenatal", 96),
    "discapacidad": Route("oferta", "valoracion", "rehabilitacion", 64),
    "violencia_sexual_familiar": Route("administrativa", "medida", "restablecimiento", 84),
}
"""``losing_step``: the last step reached by most lost cases. ``late_step``: the step that most
cases leave (reaching the next one) after more days than its deadline allows."""

HINDERED = {2022: 0.58, 2023: 0.46, 2024: 0.34}
"""Probability that a case meets a barrier at a step, by year: barriers fall."""

# ── key 4 ────────────────────────────────────────────────────────────────────────────────────
NEVER_REACHED = "00010-04"
"""The only micro-territory without a service day, where most identified people are not reached
yet among those whose numbers may be published."""

# ── key 5 ────────────────────────────────────────────────────────────────────────────────────
CONNECTING_SECTOR = "salud"
"""The only sector present in the service days of every zone: without it the network falls apart."""
LOW_CONDITION = 7
"""Coordination mechanism with information flowing between levels: rated below the other six."""
OVERRATED_CONDITION = 2
"""Leadership of wellbeing, health and education: rated high, but education attends few days."""
RARE_SECTOR = "educacion"
ACTORS_BY_YEAR = {2018: 14, 2019: 17, 2020: 18, 2021: 24, 2022: 31, 2023: 39, 2024: 46}
"""Actors linked up to the end of each year."""

# ── governance ───────────────────────────────────────────────────────────────────────────────
OVERDUE = {
    "2024-06-30": ("C-009", "C-014", "C-021"),
    "2024-12-31": ("C-014", "C-021", "C-027", "C-033", "C-038"),
}
"""Agreed before the cut, due before it, and not closed at it (C-009 was closed late)."""
LITTLE_MONEY = "00010"
"""Priority municipality with the lowest social investment per person in poverty."""
OVERLAP = ("00010", "primera_infancia", "existencia")
"""Three entities pay the same thing for the same people there: complementary food."""

# ── action plan and follow-up ────────────────────────────────────────────────────────────────
ALERTS = {
    ("A04", "2024-06-30"): "money_without_progress",
    ("A04", "2024-12-31"): "money_without_progress",
    ("A07", "2024-12-31"): "progress_without_money",
    ("A09", "2024-12-31"): "over_hundred",
    ("A11", "2024-12-31"): "no_report",
    ("A13", "2024-12-31"): "negative_progress",
}
"""(action, cut) → what stands out. Every other report is ordinary."""
NOT_PROGRAMMED = ("A12", "2024-06-30")
"""Begins in July: at the first cut nothing was due of it, which is no alert."""
LESS_THAN_BEFORE = ("A04", "2024-12-31")
"""260 students in the year that ended, of the 380 of the base: less than before the plan."""
ENDED_UNMET = ("A01", "A04", "A05", "A10", "A14")
"""Actions that ended on the last cut with less than their target done, most of them by little."""

ADOPTED = (("2024-01-12", "Acta 01 de 2024"), ("2024-08-15", "Acta 05 de 2024"))
"""The two versions of the plan; the second was adopted between both cuts."""
ADJUSTED = {
    ("A04", "corresponsables"): "El operador no llegó al sur: se suma quien vigile el contrato.",
    ("A06", "fin"): "Los turnos nuevos necesitan un año completo de medición.",
    ("A12", "meta"): "La habilitación de los cupos tarda más de lo previsto.",
}
"""(action, column) changed by the second version → its reason. Nothing else changed."""

# ── quality ──────────────────────────────────────────────────────────────────────────────────
COVERAGE_ABOVE_HUNDRED = (CAPITAL, "cobertura_neta", (2023, 2024))
"""The capital enrols children of other municipalities: a denominator problem, kept as it is."""
