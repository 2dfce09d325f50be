from __future__ import annotations

from uuid import UUID, uuid4

from hostscan_automation.jobs.ledger import IdLedger


def test_every_repetition_is_found_and_nothing_else() -> None:
    ids = [uuid4() for _ in range(2000)]
    ledger = IdLedger()
    for job_id in [*ids, ids[7], ids[1999], ids[7]]:
        ledger.add(job_id)
    assert sorted(ledger.duplicates()) == sorted([ids[7], ids[7], ids[1999]])


def test_ids_of_one_bucket_are_told_apart() -> None:
    ledger = IdLedger()
    for high in range(300):
        ledger.add(UUID(int=high << 64 | 1))
    assert list(ledger.duplicates()) == []
