//! E-mail addresses -> lower case, provider aliases folded.

use super::{Finding, text};
use crate::record::{Grade, IssueKind};
use compact_str::CompactString;

/// Local parts that stand for nobody.
const NOBODY: &[&str] =
    &["test", "none", "no", "null", "na", "noemail", "nomail", "no-email", "noreply", "no-reply", "unknown", "abc", "xxx", "a", "123"];

/// Reads one address. Needs one `@`, and a dot in the domain; hidden characters make it partial.
pub fn read(value: &str) -> Finding {
    let address = text::folded(value);
    let address = address.trim_start_matches("mailto:");
    let (local, domain) = address.split_once('@').ok_or(IssueKind::Unreadable)?;
    let local = text::only(local, |letter| !letter.is_whitespace());
    let domain = domain.trim_matches(['.', ' ']);
    if local.is_empty() || !domain.contains('.') || domain.contains('@') || domain.contains(' ') {
        return Err(IssueKind::Unreadable);
    }
    if NOBODY.contains(&local.as_str()) || domain.starts_with("example.") {
        return Err(IssueKind::Placeholder);
    }
    let domain = if domain == "googlemail.com" { "gmail.com" } else { domain };
    let local = folded_local(&local, domain);
    let grade = if local.contains('*') { Grade::Partial } else { Grade::Valid };
    Ok((text::concatenated(&[&local, "@", domain]), grade))
}

/// Gmail ignores dots; what follows a plus is the user's own tag there and at the other large providers.
fn folded_local(local: &str, domain: &str) -> CompactString {
    let tagged =
        matches!(domain, "gmail.com" | "outlook.com" | "hotmail.com" | "icloud.com" | "fastmail.com" | "proton.me" | "protonmail.com");
    let base = match local.split_once('+') {
        Some((base, _)) if tagged && !base.is_empty() => base,
        _ => local,
    };
    if domain == "gmail.com" { text::only(base, |letter| letter != '.') } else { CompactString::from(base) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_of_one_mailbox_are_one_address() {
        let read = |text: &str| read(text).map(|(address, _)| address.to_string()).map_err(IssueKind::name);
        assert_eq!(read("J.Doe+shop@GoogleMail.com"), Ok("jdoe@gmail.com".into()));
        assert_eq!(read("ann.lee+x@firm.example.org"), Ok("ann.lee+x@firm.example.org".into()));
        assert_eq!(read("no at sign"), Err("unreadable"));
        assert_eq!(read("test@test.com"), Err("placeholder"));
    }
}
