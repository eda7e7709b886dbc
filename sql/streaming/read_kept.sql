-- What each table keeps of a source that its terms bind.
SELECT k.table_name, k.source, k.kept_for, k.rows, k.oldest, k.overdue FROM streaming.kept() AS k ORDER BY k.table_name, k.source
