import example_department as example
import pandas as pd
import pytest
from example_department import World, households


@pytest.fixture(scope="session")
def data() -> dict[str, pd.DataFrame]:
    """The example's tables in memory; test_files holds them equal to the committed files."""
    return example.tables()


@pytest.fixture(scope="session")
def panel() -> households.Panel:
    return households.panel(World())


@pytest.fixture(scope="session")
def without_effect() -> households.Panel:
    return households.panel(World(effect=0.0))
