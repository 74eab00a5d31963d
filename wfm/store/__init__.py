"""What outlives a run: one SQLite file beside the plan, made and brought up to date by migrations."""

from wfm.store.database import Store, database_path, open_store
from wfm.store.forecasts import ForecastVersion
from wfm.store.job import ACTIVE, Job, JobKind, JobState

__all__ = ["ACTIVE", "ForecastVersion", "Job", "JobKind", "JobState", "Store", "database_path", "open_store"]
