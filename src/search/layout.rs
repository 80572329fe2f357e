//! The fields of the index, and how their values are cut into terms.
//!
//! Two ways only: `whole` fields hold each value as one term; `text` fields are cut by the bigram tokenizer and keep
//! positions. No field keeps lengths or frequencies for ranking: relevance does not use them.
//! Any change of fields or terms raises [`LAYOUT_VERSION`]; an index of another version is rebuilt.

use super::words::BigramTokenizer;
use tantivy::Index;
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};

/// The version of the fields and of the terms in them.
pub const LAYOUT_VERSION: u32 = 2;

/// The name of the fast field by which draws are decided.
pub const ORDER_FIELD: &str = "order";

const BIGRAMS: &str = "bigrams";

/// The fields.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The One-ID as written; the only stored field.
    pub one_id: Field,
    /// The first 8 bytes of the One-ID, for draws.
    pub order: Field,
    /// Whole names: Han characters, joined pinyin, sorted Latin words.
    pub whole_name: Field,
    /// Han names, by characters and pairs.
    pub han: Field,
    /// Pinyin: whole, surname, given name, syllables.
    pub pinyin: Field,
    /// Initials of the pinyin.
    pub initials: Field,
    /// Words of Latin names.
    pub latin: Field,
    /// Nicknames, by words, characters and pairs.
    pub nickname: Field,
    /// Phone numbers, with and without country code.
    pub phone: Field,
    /// Last four digits of phone numbers.
    pub phone_tail: Field,
    /// E-mail addresses, lower case.
    pub email: Field,
    /// City and address, by words, characters and pairs.
    pub place: Field,
}

/// The schema and its fields.
pub fn layout() -> (Schema, Fields) {
    let mut schema = SchemaBuilder::default();
    let whole = indexed("raw", IndexRecordOption::Basic);
    let text = indexed(BIGRAMS, IndexRecordOption::WithFreqsAndPositions);
    let fields = Fields {
        one_id: schema.add_text_field("one_id", whole.clone() | STORED),
        order: schema.add_u64_field(ORDER_FIELD, FAST),
        whole_name: schema.add_text_field("whole_name", whole.clone()),
        han: schema.add_text_field("han", text.clone()),
        pinyin: schema.add_text_field("pinyin", whole.clone()),
        initials: schema.add_text_field("initials", whole.clone()),
        latin: schema.add_text_field("latin", whole.clone()),
        nickname: schema.add_text_field("nickname", text.clone()),
        phone: schema.add_text_field("phone", whole.clone()),
        phone_tail: schema.add_text_field("phone_tail", whole.clone()),
        email: schema.add_text_field("email", whole),
        place: schema.add_text_field("place", text),
    };
    (schema.build(), fields)
}

/// Makes the tokenizer known to an index.
pub fn register_tokenizer(index: &Index) {
    index.tokenizers().register(BIGRAMS, BigramTokenizer);
}

fn indexed(tokenizer: &str, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record).set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}
