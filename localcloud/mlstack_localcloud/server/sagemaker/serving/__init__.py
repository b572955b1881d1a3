"""Endpoints as processes: fleets, connections and the way from one fleet to the next."""
