"""What is fixed before a file is read: tables, words, parameters, the catalogue, territories."""
