-- Removes what a merge of offers kept at hand: another one may follow in the same transaction.
DROP TABLE offered, told_answers, told_offers, asked_before, offered_before
