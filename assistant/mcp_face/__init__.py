"""The library as tools of assistants that speak the Model Context Protocol."""
