"""What outlives a run: one SQLite file beside the plan, made and brought up to date by migrations."""

from wfm.store.database import Store, database_path, open_store
from wfm.store.job import ACTIVE, Job, JobState

__all__ = ["ACTIVE", "Job", "JobState", "Store", "database_path", "open_store"]
