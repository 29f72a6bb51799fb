"""The report of a stack: a JSON document (``report.schema``), and a self-contained page that draws it.

``report.collect`` reads stack file, state and AWS; ``report.render`` needs the document alone.
"""
