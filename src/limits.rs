//! Every bound of the program in one place: its unit, its reason, and what happens at it.
//!
//! A bound that is not here does not exist; code names these constants and never a bare number. Nothing is imported.

/// Longest line or JSON value of an input, bytes. Longer rows are skipped to their end and rejected, so that one broken
/// row cannot take the memory of the whole job.
pub const INPUT_ROW_BYTES_MAX: usize = 16 << 20;

/// Letters of a masked name that are compared; further ones are left out. Names are shorter, and the comparison costs their square.
pub const MASKED_NAME_LETTERS_MAX: usize = 64;

/// Most values of a column whose reading one thread keeps for rows to come; further ones are read each time.
pub const NORMALIZED_KEPT_MAX: usize = 1 << 16;
/// Longest value, bytes, whose reading is kept.
pub const NORMALIZED_BYTES_MAX: usize = 128;
/// Values of a column from which on it is told whether many come again.
pub const NORMALIZED_ASKED_MIN: u64 = 1 << 15;
/// Share of the values that must have come before, for them to be kept further.
pub const NORMALIZED_KNOWN_SHARE_MIN: f64 = 0.1;

/// Longest value taken from an input, characters. Longer ones are cut and reported; no real name or address comes near. A row with a
/// longer record id, source or event id is rejected: cut ids of two records could be one.
pub const VALUE_CHARS_MAX: usize = 1024;

/// Characters kept of a value in a finding about it; the rest is cut. It is shown to people only.
pub const ISSUE_TEXT_CHARS_MAX: usize = 32;

/// First year in which a customer, living or late, can be born; an earlier birth date is kept as invalid.
pub const BIRTH_YEAR_MIN: i32 = 1850;

/// First year of a birth date that is read. Registers of people of the past begin with the parish books of the 16th century.
pub const BIRTH_YEAR_READ_MIN: i32 = 1500;

/// Last year in which a customer can be born; a later birth date cannot be read. Normalising takes no clock, so that a record reads
/// alike on every day; the year lies as far ahead as a release may be in use, and before the years that wrong centuries give.
pub const BIRTH_YEAR_MAX: i32 = 2035;

/// Most years of age; a higher age cannot be read. Nobody is known to have lived longer than 122.
pub const AGE_YEARS_MAX: u32 = 130;

/// Fewest digits of a phone number that can reach a person; shorter ones cannot be read.
pub const PHONE_DIGITS_MIN: usize = 6;

/// Most digits of a phone number; longer ones cannot be read. ITU-T E.164 section 6.1 allows 15, dialling prefixes add a few.
pub const PHONE_DIGITS_MAX: usize = 18;

/// Fewest values, all of another form, that deny what a column's name promises; fewer may all be slips, and the name is believed.
pub const DENYING_VALUES_MIN: usize = 5;

/// Largest block whose pairs are all formed, records. Larger blocks are refined; 256 records make 32,640 pairs, a
/// millisecond's work, and no person has that many records that share a value with nobody else.
pub const BLOCK_RECORDS_MAX: usize = 256;

/// Most records of one block that nothing parts and whose pairs are formed though it is larger than its rule allows: one person may well have
/// as many, of one name, birth date and phone.
pub const UNPARTED_RECORDS_MAX: usize = 16;

/// Most blocking rules of one settings file; more are refused with line and key. Pairs carry the number of their rule in one byte, and
/// each rule is a pass over all records.
pub const RULES_MAX: usize = 255;

/// Most keys that one record takes part with in one blocking rule; further combinations of its values are not formed. Four phones
/// with four names make sixteen, and a long e-mail address with each of its characters left out some forty.
pub const KEYS_PER_RECORD_MAX: usize = 64;

/// Most pairs that one blocking rule which always applies may give for each record of a batch, and for a small batch in all, before its
/// largest blocks are refined: by chance alone blocks grow with the file, and their pairs with its square.
pub const ALWAYS_PAIRS_PER_RECORD_MAX: u64 = 1;
/// See [`ALWAYS_PAIRS_PER_RECORD_MAX`].
pub const ALWAYS_PAIRS_MIN: u64 = 500_000;

/// Most pairs that the wider blocking rules of a batch may give, for each record, and for a small batch in all: a rule that would pass
/// what is left of the larger of the two is left out, and told. Five pairs a record cost microseconds; half a million, a second or less.
pub const WIDER_PAIRS_PER_RECORD_MAX: u64 = 5;
/// Records for each of which the wider rules may give [`WIDER_PAIRS_PER_RECORD_MAX`] pairs; each further one adds one pair. Most of what
/// wider rules find is by chance, and of that a larger file has more.
pub const WIDER_RECORDS_FULL: usize = 300_000;
/// See [`WIDER_PAIRS_PER_RECORD_MAX`].
pub const WIDER_PAIRS_MIN: u64 = 500_000;

/// Records for each pair that is left of the budget of the wider rules, from which on no further one is tried: finding the keys of a rule is a
/// pass over all records.
pub const WIDER_RECORDS_PER_PAIR_MAX: u64 = 4;

/// Most times that the blocks of a wider rule may give its pairs, on the average: values one edit apart share several keys, equal ones all.
/// More is taken for over the budget before the pairs are formed.
pub const WIDER_REPEATS_MAX: u64 = 6;

/// Largest block of a wider rule whose pairs are all formed, records; larger ones are refined. The rules a model has stay when its records
/// become many: this bounds what they cost then.
pub const WIDER_BLOCK_RECORDS_MAX: usize = 64;

/// Most names under which a household holds a phone or device; under more it is a counter's or a clerk's, and agreement on it says
/// less. A flat houses three generations, seldom more.
pub const HOUSEHOLD_NAMES_MAX: usize = 6;

/// Names of one value among which those that may be one person's are looked for; of more, which are a counter's, each counts.
pub const PEOPLE_NAMES_MAX: usize = 24;

/// Most rounds of expectation maximisation. Real data settle in 10 to 40; a run that has not settled by then is used as it is.
pub const TRAINING_ROUNDS_MAX: u32 = 100;

/// Pairs' worth of prior knowledge mixed into the learnt probabilities of relatives and strangers, so that a level that few pairs show
/// is not certain.
pub const TRAINING_SMOOTHING_PAIRS: f64 = 2.0;

/// The same for pairs of one person. It is more, since what makes one person is known better than what a file's strangers share: in
/// a handful of rows a phone shared by a couple must not teach that people change their names.
pub const TRAINING_PERSON_SMOOTHING_PAIRS: f64 = 50.0;

/// Most that two records of one person may be taken to differ in a name, the sex or the birth date. Files of the worst quality stay
/// below 0.15; a class of pairs that differ more often is not one of persons, whatever else they share.
pub const TRAINING_LASTING_DIFFERENT_MAX: f64 = 0.25;

/// Least that two records of one person may be taken to agree, as it is written, in a name, the sex or the birth date. Files with several
/// errors in a record still show 0.4; in a file without duplicates oddities that a few pairs share must not pass for persons.
pub const TRAINING_LASTING_SAME_MIN: f64 = 0.35;

/// Pairs of relatives that are taken to be there for each pair of one person, up to [`TRAINING_RELATIVES_ASSUMED_MAX`]. Where a small
/// file shows none there may be some all the same, and a shared phone or address alone must not decide.
pub const TRAINING_RELATIVES_SHARE_MIN: f64 = 0.01;

/// Most pairs of relatives that are only taken to be there: what a large file shows no more of than this does not matter to it.
pub const TRAINING_RELATIVES_ASSUMED_MAX: f64 = 10.0;

/// Pairs of relatives told apart by their certificates that what is assumed of relatives is worth.
pub const TRAINING_RELATIVES_PAIRS: f64 = 200.0;

/// Least share of pairs of relatives who have different family names: couples, in-laws, stepchildren. In a file that shows few such the
/// class of relatives must not become one of namesakes only.
pub const TRAINING_RELATIVES_OTHER_FAMILY_MIN: f64 = 0.1;

/// Pairs of relatives that what is assumed of numbers used for each other is worth.
pub const TRAINING_BORROWED_PAIRS: f64 = 100.0;

/// Most pairs of equal records that teach, as a share of the records that differ. Copies show that people are in the file twice; an
/// extract loaded twice must not teach that nobody ever mistypes.
pub const TRAINING_COPIES_SHARE_MAX: f64 = 0.1;

/// Furthest that one piece of evidence goes either way, bits of match weight; what is beyond is held there. It keeps sums far from
/// overflow, and no single field is certainty.
pub const MATCH_WEIGHT_BITS_MAX: f64 = 64.0;

/// Fewest holders with which a value's frequency is kept in a model; rarer values weigh as one of one holder less. A model that is
/// passed on so says nothing of a value that one or two people have.
pub const FREQUENCY_HOLDERS_MIN: u32 = 3;

/// Most pairs that an assumed u probability is worth. A number that strangers hardly ever share is assumed at one in ten million; ten
/// thousand pairs that show it often say more.
pub const TRAINING_ASSUMED_PAIRS_MAX: f64 = 10_000.0;

/// Most random pairs looked at to learn how strangers agree. A million pins a probability of 1e-4 to a tenth of itself.
pub const TRAINING_RANDOM_PAIRS_MAX: u64 = 1_000_000;

/// Fewest different records from which a store learns a model that stays. A model learnt from fewer is provisional: later merges learn
/// anew. A thousand records show some hundreds of pairs of one person, which settle the usual levels; a handful shows none.
pub const MODEL_RECORDS_MIN: u64 = 1_000;

/// Links that may be expected to be wrong, for each record, where a model chooses its thresholds: one for a hundred records.
pub const WRONG_LINKS_PER_RECORD_MAX: f64 = 0.01;

/// Lowest match probability from which links begin where a model chooses: F1 is highest where links begin at half of it (Lipton, Elkan and
/// Naryanaswamy 2014, Optimal thresholding of classifiers to maximize F1 measure, theorem 1), and 0.9 is little to hope for.
pub const LINK_THRESHOLD_MIN: f64 = 0.45;

/// Highest match probability from which links begin where a model chooses.
pub const LINK_THRESHOLD_MAX: f64 = 0.95;

/// By how much at least reviews begin below links where a model chooses.
pub const REVIEW_BELOW_LINK: f64 = 0.1;

/// Most candidate pairs that a model is learnt from; of more some stand for all. The rarest thing that is counted, a pair of one person
/// with one certificate, still occurs by the thousand.
pub const TRAINING_CANDIDATE_PAIRS_MAX: u64 = 500_000;

/// Pairs that are weighed to choose thresholds; of more some stand for all.
pub const CALIBRATION_PAIRS_MAX: u64 = 250_000;

/// Most records in one batch. Rows are numbered with 31 bits; more is refused before anything is done.
pub const ROWS_MAX: usize = 1 << 31;

/// Most lines that a quoted value may span. A quote that has not closed by then was a stray one and costs only its own line.
pub const INPUT_ROW_LINES_MAX: usize = 50;

/// Most columns of an input; one with more is refused. JSON whose member names are data would make one for every row, and a wide
/// table of any format is no list of people.
pub const INPUT_COLUMNS_MAX: usize = 2_000;

/// Rows of an input looked at before its columns and their kinds are settled. Members of JSON that first appear later are told
/// and not read; a thousand rows show what the rest holds, in milliseconds.
pub const INPUT_SAMPLE_ROWS: usize = 1_000;

/// Bytes of an input (decompressed) from which format, encoding, delimiter and line ends are told. A quarter of a mebibyte holds
/// some thousands of rows; what differs only later shows as rejected rows.
pub const INPUT_HEAD_BYTES: u64 = 1 << 18;

/// Lines of an input from which its delimiter is told. A hundred lines show whether a sign cuts rows as it cuts the header.
pub const DIALECT_LINES_MAX: usize = 100;

/// Rows handed over at a time by the readers of lines. It keeps a batch near a mebibyte; a full batch is sent on.
pub const INPUT_BATCH_ROWS: usize = 2_048;

/// Rows of a Parquet file that are handed to its writer at a time.
pub const PARQUET_GROUP_ROWS: usize = 65_536;

/// Rows of a Parquet file decoded at a time; further ones wait in the file. Columns decode best some thousands at once.
pub const INPUT_PARQUET_BATCH_ROWS: usize = 8_192;

/// Most names told of JSON members that first appear after the sample; values of further ones are counted.
pub const INPUT_LATE_NAMES_MAX: usize = 20;

/// Characters kept of such a name; the rest is cut. It is shown to people only.
pub const INPUT_LATE_NAME_CHARS_MAX: usize = 200;

/// Most names told of JSON members of which one object has two; values of further ones are counted.
pub const INPUT_CLASHING_NAMES_MAX: usize = 20;

/// Characters kept of a rejected row for the reject file; the rest is cut. It is enough to find the row by.
pub const REJECT_TEXT_CHARS_MAX: usize = 200;

/// Longest actor of a journal frame, bytes. It lies in the chain, which is never rewritten; longer ones are refused. An account's
/// name fits; a customer's name has no place there.
pub const JOURNAL_ACTOR_BYTES_MAX: usize = 64;

/// Longest payload of one journal frame, bytes; longer ones are refused. A model snapshot is the largest thing a frame carries,
/// and a payload is read into memory whole.
pub const JOURNAL_PAYLOAD_BYTES_MAX: usize = 256 << 20;

/// A frame segment of the journal that has reached this many bytes is followed by a new one before the next batch, so that one
/// file stays quick to copy and to read from its start. A batch lies in one segment, which its frames may outgrow.
pub const JOURNAL_FRAME_SEGMENT_BYTES: u64 = 64 << 20;

/// A payload segment of the journal is followed by a new one before it would pass this many bytes (a larger payload has a segment
/// of its own). It is what an erasure has to rewrite for one payload.
pub const JOURNAL_PAYLOAD_SEGMENT_BYTES: u64 = 128 << 20;

/// Bytes of frames or payloads kept in memory before they are handed to the file system; a longer batch is written in pieces of
/// this size, and becomes visible only with its commit all the same.
pub const JOURNAL_BUFFER_BYTES: usize = 1 << 20;

/// Longest part of a row of the store, bytes. sled is quick with values under 1 KB and must not see over 4 KB; longer rows are
/// split into numbered parts.
pub const STORE_PART_BYTES_MAX: usize = 3072;

/// Most parts of one row of the store; a longer row (over 190 MB) is refused by name before anything of its batch is written.
pub const STORE_PARTS_MAX: usize = u16::MAX as usize;

/// Most parts written by one transaction of the store; more are written by several, the applied position with the last (a row of
/// more parts has one of its own). sled's transactions lock the process, so they are kept short.
pub const STORE_TRANSACTION_PARTS_MAX: usize = 1000;

/// Page cache of the store, bytes. sled takes up to twice this much memory; hot reads are served from elsewhere.
pub const STORE_CACHE_BYTES: u64 = 128 << 20;

/// Milliseconds after which sled writes out what nobody asked it to flush. The journal holds it all, so this bounds only how much
/// is applied again after a crash.
pub const STORE_FLUSH_MILLISECONDS: u64 = 500;

/// Longest search query, characters. Longer ones are refused: nobody types that, and each word costs a walk of the index.
pub const SEARCH_QUERY_CHARS_MAX: usize = 200;

/// Most words of a search query. More are refused, for the same reason.
pub const SEARCH_QUERY_WORDS_MAX: usize = 16;

/// Deepest hit that a search reaches (offset and limit together). Deeper pages are refused: ranking keeps that many hits in memory.
pub const SEARCH_HITS_MAX: usize = 10_000;

/// Readings of one Han name that are indexed. Names with more (several characters of several readings) keep the first ones.
pub const SEARCH_NAME_READINGS_MAX: usize = 12;

/// Fewest letters of a query's word in which one typo is forgiven; shorter words must be right, since one edit of four letters fits
/// too many names.
pub const SEARCH_FUZZY_LETTERS_MIN: usize = 5;

/// Memory of the search index's writer, bytes. At the bound it writes a segment and goes on.
pub const SEARCH_WRITER_BYTES: usize = 64 << 20;

/// Most batches of rows waiting between reading, normalising and collecting; beyond it the faster side waits. Each holds
/// some thousands of rows, about a mebibyte.
pub const LOAD_BATCHES_MAX: usize = 16;

/// Most rejected rows kept for the reject file of one run; the rest are counted. A file with more is wrong as a whole.
pub const REJECTS_KEPT_MAX: usize = 100_000;

/// Clusters shown among the largest.
pub const LARGEST_CLUSTERS_SHOWN: usize = 10;

/// Links of a cluster up to which its bridges are counted, at a cost of their square; one with more is dense beyond bridges and is
/// told to have none.
pub const BRIDGE_LINKS_MAX: usize = 2_000;

/// Merges, and as many splits and other changes of people, listed in the report that people read; the rest are counted, and machines
/// get all.
pub const PERSON_CHANGES_SHOWN: usize = 20;

/// Bytes of rows after which a journal frame takes no further one; the rest goes into further frames. Rows are far smaller, so that
/// this only keeps a frame of unusual ones far below [`JOURNAL_PAYLOAD_BYTES_MAX`], as is a single row of any size the store takes.
pub const KEEP_FRAME_BYTES_MAX: usize = 8 << 20;

/// Most record keys in one journal frame of deletions or of records that change hands; a batch of more is written as several. It
/// keeps a payload near 128 KiB.
pub const KEEP_FRAME_KEYS_MAX: usize = 4_096;

/// Most people in one journal frame; a batch of more is written as several. It keeps a payload near 128 KiB.
pub const KEEP_FRAME_PEOPLE_MAX: usize = 1_024;

/// Most records in one journal frame; a batch of more is written as several. It keeps a payload near 64 KiB.
pub const KEEP_FRAME_RECORDS_MAX: usize = 128;

/// Most records whose events one journal frame holds; a batch of more is written as several. A record has some tens of events, so it
/// keeps a payload near 1 MiB.
pub const KEEP_FRAME_EVENT_RECORDS_MAX: usize = 256;

/// Seconds that an event or a row's update time may be later than the moment of its load. Files write times without a zone, and no
/// zone is further ahead; later ones are rejected, since nothing has happened tomorrow, and no later row would ever be the newer.
pub const TIME_AHEAD_SECONDS_MAX: i64 = 86_400;

/// Longest reason of a judgement or of its withdrawal, characters; longer ones are refused. It is for people to read.
pub const JUDGEMENT_REASON_CHARS_MAX: usize = 1_024;

/// Longest request id, characters; longer ones are refused. A UUID has 36.
pub const REQUEST_ID_CHARS_MAX: usize = 128;

/// Seconds for which an answered request is known, so that one that is sent again is not done again.
pub const REQUEST_KEPT_SECONDS: i64 = 86_400;

/// Most answered requests that are known; of more the oldest are forgotten before their day is over. It bounds memory: some 200 bytes each.
pub const REQUESTS_KEPT_MAX: usize = 1_000_000;

/// Most answered requests forgotten with one batch, so that a clock that jumps ahead does not make a batch of all of them.
pub const REQUESTS_FORGOTTEN_AT_ONCE: usize = 1_024;

/// Most writes waiting to be decided; who comes then waits. They are decided by the thousand a second.
pub const WRITES_WAITING_MAX: usize = 1_024;

/// Seconds after which people who changed are found by search, at most. Each commit of the index costs a sync and a segment.
pub const INDEX_SECONDS: u64 = 1;

/// People who changed at which the index is brought to the view at once: their documents are made in one go, some kilobytes each.
pub const INDEX_PEOPLE_MAX: usize = 10_000;

/// Share of a source's live records that a snapshot may delete without being forced. A cut-short extract is the usual cause of more.
pub const SNAPSHOT_DELETE_SHARE_MAX: f64 = 0.1;

/// Items of a page when the caller names no number.
pub const PAGE_SIZE_DEFAULT: usize = 50;

/// Most items of a page, and most subjects of a batch; more are refused. It keeps an answer within [`ANSWER_BYTES_MAX`].
pub const PAGE_SIZE_MAX: usize = 1_000;

/// Longest request message, bytes; longer ones are refused before they are read. A batch of 1,000 look-ups takes a tenth of it.
pub const REQUEST_BYTES_MAX: usize = 4 << 20;

/// Longest answer message, bytes; a longer one is refused when it is written, and clients read no longer one. A thousand profiles
/// with all their other values stay below it.
pub const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Latest moment that a request may ask about, seconds since 1970; later ones, and those before 1970, are refused. It is the end of
/// the year 9999, where the protocol's timestamps end.
pub const AS_OF_SECONDS_MAX: i64 = 253_402_300_799;

/// Calls that one connection may have under way; further ones wait in the client.
pub const SERVER_STREAMS_PER_CONNECTION_MAX: u32 = 256;

/// Threads that read the store for calls; further calls wait. Reads are short, so more threads would only contend.
pub const SERVER_BLOCKING_THREADS_MAX: usize = 64;

/// Seconds that calls under way have to end after the server was told to; then their connections are closed.
pub const SERVER_DRAIN_SECONDS: u64 = 5;

/// Milliseconds after which a server notices that its store writes nothing more, and ends.
pub const SERVER_FAILURE_MILLISECONDS: u64 = 200;

/// Most inputs of one batch job; more are refused. A night's extracts are some tens.
pub const JOB_INPUTS_MAX: usize = 1_024;

/// Most batch jobs that a server remembers; of more those that ended first are forgotten.
pub const BATCH_JOBS_KEPT_MAX: usize = 1_000;

/// Milliseconds between two looks at how far a batch job is.
pub const JOB_POLL_MILLISECONDS: u64 = 200;

/// Writes of one stream under way; the client's further ones wait on its side.
pub const STREAM_WRITES_MAX: usize = 256;

/// Seconds within which a client must reach its server.
pub const CLIENT_CONNECT_SECONDS: u64 = 5;

/// Most people named as candidates of one look-up; the answer says how many there are in all.
pub const CANDIDATES_MAX: usize = 32;

/// Most member records that a profile lists; a list of records has them all.
pub const PROFILE_MEMBERS_MAX: usize = 256;

/// Most other values of a field that a profile shows, best first.
pub const PROFILE_OTHER_VALUES_MAX: usize = 32;

/// Records of each side compared for the strongest pair of two people, and records of a person walked for the way between two of
/// them; of larger people the first ones by key are looked at, and no way is told but the direct one.
pub const EXPLAIN_RECORDS_MAX: usize = 32;

/// Records of a person over which ways to the others are looked for when an assurance is told; of larger people these are the first
/// by key.
pub const ASSURANCE_RECORDS_MAX: usize = 64;

/// Bits from which a comparison counts as speaking clearly for a link, when what the link rests on is told.
pub const ASSURANCE_CLEAR_BITS: f64 = 2.0;

/// Most people whose assurance one look-up tells. A value held by more identifies nobody: the answer is AMBIGUOUS with all of them,
/// each at the least assurance.
pub const LOOKUP_PEOPLE_MAX: usize = 256;

/// Times the store asks for sled's lock before it answers that the store is busy, and the milliseconds between: three seconds in all,
/// more than sled's threads need to end on a disk that is busy with other writes.
pub const STORE_LOCK_TRIES: u32 = 150;
/// See [`STORE_LOCK_TRIES`].
pub const STORE_LOCK_WAIT_MILLISECONDS: u64 = 20;

/// Years of age, in whole calendar years, below which somebody's phone is taken for that of the household. Services ask for a guardian's
/// consent below 13 to 16 years (14 in China's law on personal information, article 31), and a number is signed for by an adult.
pub const OWN_PHONE_YEARS_MIN: u32 = 16;

/// Years between two records from which a phone that both have may have passed on to somebody else: networks give a number out again.
pub const PHONE_YEARS_SOME: u16 = 3;

/// Years from which that is likelier still.
pub const PHONE_YEARS_MANY: u16 = 6;

/// First year in which a record is taken to have been written; what lies before it is a clock that was not set.
pub const WRITTEN_YEAR_MIN: u16 = 1985;

/// How far, bits, below the strength that would keep a record from joining a person its claims on others are still looked at: eight that
/// are weaker by three bits come to as much.
pub const AMBIGUITY_REACH_BITS: f64 = 3.0;

/// Claims on other people from which on a record is nobody's, whatever their strength.
pub const AMBIGUITY_CLUSTERS_MAX: usize = 8;

/// Times the edges that a cut of clusters left open are gone over; clusters that grew may settle further ones. Two or three rounds
/// settle real data; what is still open after the last stays refused, and is for review.
pub const CUT_ROUNDS_MAX: usize = 10;

/// Draws of a bootstrap over people, at least and at most; between them as many as [`BOOTSTRAP_PEOPLE_DRAWN_MAX`] allows. The ends of a
/// 95 % interval rest on a fortieth of the draws.
pub const BOOTSTRAP_DRAWS_MIN: u64 = 200;
/// See [`BOOTSTRAP_DRAWS_MIN`].
pub const BOOTSTRAP_DRAWS_MAX: u64 = 1_000;
/// People drawn in all draws of a bootstrap together, some seconds' work; the more people, the less a further draw tells.
pub const BOOTSTRAP_PEOPLE_DRAWN_MAX: u64 = 100_000_000;

/// Pairs of one person, and pairs wrongly put together, of which an assessment looks at the records, one by one; what is beyond is counted
/// in its figures and not explained. Half a minute's work, and less than a hundred mebibytes of errors to list.
pub const ASSESSED_PAIRS_MAX: u64 = 4_000_000;

/// Seconds between two lines of progress where stderr is no terminal. A job that is done sooner says nothing; one that takes a
/// night leaves a log of some thousand lines.
pub const PROGRESS_LINE_SECONDS: u64 = 10;

/// Most customers of one made-up data set; more are refused. Record numbers are permuted within 33 bits, and a customer has at most
/// some twenty records.
pub const SYNTH_CUSTOMERS_MAX: u64 = 200_000_000;

/// Most records of one made-up person in one channel; the dice are not asked for more. Nobody signs up more often.
pub const SYNTH_RECORDS_PER_CHANNEL_MAX: u32 = 4;

/// Most occasions to buy of one made-up person, each of one purchase and up to three other events; a rate beyond stops there.
pub const SYNTH_OCCASIONS_PER_PERSON_MAX: u32 = 400;

/// Most branches of one made-up city; larger cities have larger branches. It keeps tellers' numbers at six digits.
pub const SYNTH_BRANCHES_PER_CITY_MAX: u32 = 64;

/// Made-up phone numbers, and as many devices, that wait for a new holder; further ones take the place of one that waits. It keeps
/// the generator's memory the same whatever the number of customers.
pub const SYNTH_POOL_ITEMS_MAX: usize = 4_096;

/// Rows of each made-up file that wait to be mixed; at the bound one is written for each that comes. About two mebibytes a file.
pub const SYNTH_WINDOW_ROWS: usize = 10_000;
