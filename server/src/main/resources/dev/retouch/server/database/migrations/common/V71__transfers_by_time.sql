-- Lists of transfers are limited to a period.
CREATE INDEX ledger_transactions_by_time ON ledger_transactions (created_at, id);
