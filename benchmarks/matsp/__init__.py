"""Multi-activity shift scheduling (Qu and Curtois): public instances, put to this solver.

The roster has shifts, not tasks. So an instance becomes a rostering problem whose queues are the tasks
(`adapter`), and the tasks are laid into the shifts afterwards (`tasks`). `judge` knows the hard rules by itself.

What the roster's cost cannot say: cover in excess is counted there in proportion, in the instances squared; cover is
hard in the instances, a very dear shortage here; and that a stint on a task lasts an hour is not known while shifts are
chosen. So a roster may leave slots without cover: such a result is reported as not legal, with what is missing.
"""
