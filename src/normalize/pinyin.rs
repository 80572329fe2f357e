//! Pinyin.
use compact_str::CompactString;
use pinyin::ToPinyin;
/// Toneless pinyin.
pub fn plain(text: &str) -> CompactString {
    text.chars().map(|c| c.to_pinyin().map_or_else(|| c.to_string(), |p| p.plain().to_string())).collect::<String>().into()
}
