//! Lists, page by page: profiles, records, clusters.

use super::answers::{Answers, no_unmask_reason, not_built, one_id, only_now};
use super::mask::{ReadMask, STORED_RECORD};
use super::page::Pages;
use super::profiles::profile_mask;
use crate::error::{Error, Result};
use crate::record::RecordKey;
use crate::service::lookup::ClusterSummary;
use crate::wire::record::stored_record;
use crate::wire::v1;

impl Answers {
    /// IdentityService.ListProfiles.
    pub fn list_profiles(&self, request: v1::ListProfilesRequest) -> Result<v1::ListProfilesResponse> {
        no_unmask_reason(&request.unmask_reason)?;
        let mask = profile_mask(request.read_mask.map(|mask| mask.paths))?;
        let pages = Pages::new("ListProfiles", "", request.page_size)?;
        let offset = pages.offset(&request.page_token)?;
        let people = self.lookup.people(offset, pages.size)?;
        let profiles = people.items.iter().map(|one_id| Ok(self.profile(*one_id, None, &mask)?.profile));
        Ok(v1::ListProfilesResponse {
            profiles: profiles.filter_map(Result::transpose).collect::<Result<_>>()?,
            next_page_token: pages.next(offset + people.items.len(), people.total),
            read_position: self.read_position(),
        })
    }

    /// IdentityService.ListRecords.
    pub fn list_records(&self, request: v1::ListRecordsRequest) -> Result<v1::ListRecordsResponse> {
        only_now(request.as_of.as_ref())?;
        no_unmask_reason(&request.unmask_reason)?;
        let paths = request.read_mask.map(|mask| mask.paths).unwrap_or_default();
        let mask = ReadMask::new(STORED_RECORD, &paths)?;
        let pages = Pages::new("ListRecords", &request.one_id, request.page_size)?;
        let (records, next_page_token) = match (request.all_people, request.one_id.as_str()) {
            (true, "") => self.all_records(&pages, &request.page_token)?,
            (true, _) => return Err(Error::usage("one_id and all_people exclude each other")),
            (false, one) => self.records_of(one, &pages, &request.page_token)?,
        };
        let records = records.into_iter().map(|record| mask.apply(record)).collect();
        Ok(v1::ListRecordsResponse { records, next_page_token, read_position: self.read_position() })
    }

    fn records_of(&self, person: &str, pages: &Pages, token: &str) -> Result<(Vec<v1::StoredRecord>, String)> {
        let offset = pages.offset(token)?;
        let rows = self.lookup.records(one_id(person)?)?;
        let asked = rows.iter().skip(offset).take(pages.size);
        let records: Vec<v1::StoredRecord> = asked.map(|row| stored_record(&row.canonical, &row.one_id.to_string())).collect();
        let next = pages.next(offset + records.len(), rows.len());
        Ok((records, next))
    }

    /// Goes on after the last record of the page before, whose key the token holds.
    fn all_records(&self, pages: &Pages, token: &str) -> Result<(Vec<v1::StoredRecord>, String)> {
        let last = pages.place(token)?.and_then(|place| place.split_once('\0').map(|(source, id)| RecordKey::new(source, id)));
        let mut rows = self.lookup.records_after(last.as_ref(), pages.size + 1)?;
        let more = rows.len() > pages.size;
        rows.truncate(pages.size);
        let place = |key: &RecordKey| pages.token(&format!("{}\0{}", key.source, key.id));
        let next = rows.last().filter(|_| more).map(|row| place(&row.canonical.key)).unwrap_or_default();
        Ok((rows.iter().map(|row| stored_record(&row.canonical, &row.one_id.to_string())).collect(), next))
    }

    /// IdentityService.ListClusters.
    pub fn list_clusters(&self, request: v1::ListClustersRequest) -> Result<v1::ListClustersResponse> {
        match v1::ClusterOrder::try_from(request.order) {
            Ok(v1::ClusterOrder::Unspecified | v1::ClusterOrder::LargestFirst) => {}
            Ok(v1::ClusterOrder::LeastAssuredFirst) => return Err(not_built("CLUSTER_ORDER_LEAST_ASSURED_FIRST")),
            Err(_) => return Err(Error::usage(format!("{} is no order of clusters", request.order))),
        }
        let minimum = request.minimum_record_count;
        let pages = Pages::new("ListClusters", &minimum.to_string(), request.page_size)?;
        let offset = pages.offset(&request.page_token)?;
        let found = self.lookup.clusters(usize::try_from(minimum).unwrap_or(usize::MAX), offset, pages.size)?;
        Ok(v1::ListClustersResponse {
            clusters: found.items.iter().map(cluster).collect(),
            next_page_token: pages.next(offset + found.items.len(), found.total),
            read_position: self.read_position(),
            total_clusters: found.total as u64,
        })
    }
}

fn cluster(summary: &ClusterSummary) -> v1::ClusterSummary {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    v1::ClusterSummary {
        one_id: summary.one_id.to_string(),
        record_count: summary.records as u64,
        source_count: count(summary.sources),
        display_name: summary.display_name.clone(),
        distinct_names: count(summary.names),
        distinct_certificates: count(summary.certificates),
        distinct_birth_dates: count(summary.birth_dates),
        assurance: v1::Assurance::Unspecified.into(),
        changed_time: None,
    }
}
