-- Rejected records up to batch :batch by reason.
SELECT reason, COUNT(*) AS records
FROM rejected
WHERE batch <= :batch
GROUP BY reason;
