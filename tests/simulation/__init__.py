"""The whole program in a simulated world, where everything that can go wrong does: see docs/simulation.md."""
