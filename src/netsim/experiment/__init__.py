"""The way of one scenario and of several side by side; read ``run.py`` first."""
