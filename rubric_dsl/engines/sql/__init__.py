"""Rubrics as queries: a plan written in the SQL of several databases, exact or refused."""
