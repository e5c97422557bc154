-- Writes the bound beside each order that is behind.
UPDATE valid
SET bound = (SELECT bound FROM behind WHERE behind.part = valid.part AND behind.pos = valid.pos)
WHERE (part, pos) IN (SELECT part, pos FROM behind);
