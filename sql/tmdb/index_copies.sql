-- Each repeated merge looks up its pages.
CREATE INDEX present_page_merges_of_merge ON present_page_merges (merge_id)
