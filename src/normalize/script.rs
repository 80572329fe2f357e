//! Traditional to simplified characters.
use std::borrow::Cow;
/// Simplified form.
pub fn simplified(text: &str) -> Cow<'_, str> {
    use ferrous_opencc::{OpenCC, config::BuiltinConfig};
    static TABLE: std::sync::OnceLock<Option<OpenCC>> = std::sync::OnceLock::new();
    match TABLE.get_or_init(|| OpenCC::from_config(BuiltinConfig::T2s).ok()) {
        Some(table) if !text.is_ascii() => Cow::Owned(table.convert(text)),
        _ => Cow::Borrowed(text),
    }
}
