"""Published files brought to the input folder: :mod:`~gsi.inputs.fetch.bring` does it."""
