VALUE = "imported in the run"
