//! The four channels' rows: a [`Seen`] in, one line of CSV or JSON out.
//!
//! `crm.csv`: UTF-8, Chinese headers. `app.jsonl`: a nested `real_name` object, or null where nobody was verified.
//! `mini_program.jsonl`: what WeChat gives. `branch.csv`: GB18030, terse headers. Never here: what is in the fields.

use super::calendar::Moment;
use super::config::Channel;
use super::name::Sex;
use super::observe::{CertificateKind, Seen};
use std::fmt::Write;

/// The first line of a channel's file, empty for JSON lines.
pub(crate) const fn header(channel: Channel) -> &'static str {
    match channel {
        Channel::Crm => "客户号,姓名,性别,出生日期,证件类型,证件号码,手机号,邮箱,城市,通讯地址,更新时间\n",
        Channel::Branch => "CUST_NO,CUST_NM,SEX,BIRTH_DT,ID_TYPE,ID_NO,MOBILE,TEL,ADDR,TELLER,UPD_DT\n",
        Channel::App | Channel::MiniProgram => "",
    }
}

/// The names a record goes by in its channel.
#[derive(Clone, Copy)]
pub(crate) struct RowNames<'a> {
    /// The record id.
    pub(crate) id: &'a str,
    /// The WeChat unionid of the person, used where it is seen.
    pub(crate) unionid: &'a str,
}

/// Appends a channel's row, with its line end.
pub(crate) fn write_row(channel: Channel, names: RowNames, seen: &Seen, moment: Moment, out: &mut String) {
    match channel {
        Channel::Crm => write_crm(names.id, seen, moment, out),
        Channel::App => write_app(names, seen, moment, out),
        Channel::MiniProgram => write_mini_program(names, seen, moment, out),
        Channel::Branch => write_branch(names.id, seen, moment, out),
    }
    out.push('\n');
}

/// A row's bytes in its channel's encoding.
pub(crate) fn encode(channel: Channel, row: &str) -> Vec<u8> {
    match channel {
        Channel::Branch => encoding_rs::GB18030.encode(row).0.into_owned(),
        _ => row.as_bytes().to_vec(),
    }
}

fn write_crm(id: &str, seen: &Seen, moment: Moment, out: &mut String) {
    let sex = seen.sex.map_or("", |sex| if sex == Sex::Male { "男" } else { "女" });
    let kind = match seen.certificate {
        Some(CertificateKind::Resident) => "身份证",
        Some(CertificateKind::Passport) => "护照",
        None => "",
    };
    let cells = [id, &seen.name, sex, &seen.birth, kind, &seen.certificate_number, &seen.phone, &seen.email, &seen.city, &seen.address];
    cells.into_iter().for_each(|cell| push_cell(cell, out));
    moment.write_spaced(out);
}

fn write_branch(id: &str, seen: &Seen, moment: Moment, out: &mut String) {
    let sex = seen.sex.map_or("", |sex| if sex == Sex::Male { "M" } else { "F" });
    let kind = match seen.certificate {
        Some(CertificateKind::Resident) => "01",
        Some(CertificateKind::Passport) => "03",
        None => "",
    };
    let cells = [id, &seen.name, sex, &seen.birth, kind, &seen.certificate_number, &seen.phone, &seen.landline, &seen.address];
    cells.into_iter().for_each(|cell| push_cell(cell, out));
    let _ = write!(out, "T{:06},", seen.teller);
    moment.write_compact(out);
}

fn write_app(names: RowNames, seen: &Seen, moment: Moment, out: &mut String) {
    out.push('{');
    push_text("user_id", names.id, out);
    push_text("nickname", &seen.nickname, out);
    if seen.name.is_empty() {
        out.push_str("\"real_name\":null,");
    } else {
        out.push_str("\"real_name\":{");
        push_text("name", &seen.name, out);
        push_text("id_no", &seen.certificate_number, out);
        close(out);
        out.push(',');
    }
    push_text("phone", &seen.phone, out);
    push_text("email", &seen.email, out);
    if seen.unionid {
        push_text("unionid", names.unionid, out);
    }
    if let Some(device) = seen.device {
        out.push_str("\"device\":{\"id\":\"");
        device.push(out);
        out.push_str("\",");
        push_text("model", &seen.model, out);
        close(out);
        out.push(',');
    }
    out.push_str("\"updated_at\":\"");
    moment.write_rfc3339(out);
    out.push_str("\"}");
}

fn write_mini_program(names: RowNames, seen: &Seen, moment: Moment, out: &mut String) {
    out.push('{');
    push_text("openid", names.id, out);
    push_text("unionid", if seen.unionid { names.unionid } else { "" }, out);
    push_text("nickname", &seen.nickname, out);
    let gender = seen.sex.map_or(0, |sex| if sex == Sex::Male { 1 } else { 2 });
    let _ = write!(out, "\"gender\":{gender},");
    push_text("phone", &seen.phone, out);
    push_text("member_name", &seen.name, out);
    push_text("birthday", &seen.birth, out);
    push_text("city", &seen.city, out);
    out.push_str("\"updated_at\":\"");
    moment.write_spaced(out);
    out.push_str("\"}");
}

fn push_cell(cell: &str, out: &mut String) {
    if cell.contains([',', '"', '\n', '\r']) {
        let _ = write!(out, "\"{}\",", cell.replace('"', "\"\""));
    } else {
        out.push_str(cell);
        out.push(',');
    }
}

/// Appends `"key":"value",`, or `"key":null,` for an empty value.
fn push_text(key: &str, value: &str, out: &mut String) {
    if value.is_empty() {
        let _ = write!(out, "\"{key}\":null,");
        return;
    }
    let _ = write!(out, "\"{key}\":\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            other => out.push(other),
        }
    }
    out.push_str("\",");
}

/// Ends an object whose last pair left a comma.
fn close(out: &mut String) {
    if out.ends_with(',') {
        out.pop();
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_texts_are_escaped() {
        let mut out = String::new();
        push_cell("Smith, \"Bill\"", &mut out);
        push_text("n", "a\"b\\c\u{1}", &mut out);
        assert_eq!(out, "\"Smith, \"\"Bill\"\"\",\"n\":\"a\\\"b\\\\c\\u0001\",");
    }

    #[test]
    fn only_the_branch_writes_gb18030() {
        assert_eq!(encode(Channel::Crm, "张"), "张".as_bytes());
        assert_eq!(encode(Channel::Branch, "张"), [0xd5, 0xc5]);
    }
}
