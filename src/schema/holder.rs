//! Column names that say whose the values are: another person's, a firm's, a fax machine's, a computer's.
//!
//! Such values look like the customer's own (an emergency contact has a name and a phone), but records that share them share a
//! spouse, an agent or an employer: read as the customer's they would join strangers. They are left out, with the reason.

use super::ColumnKind;
use super::dictionary::{folded, tokens};

/// Whose values a column holds that are not the customer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Somebody beside the customer: a relative, a contact, an agent, a clerk.
    AnotherPerson,
    /// The firm somebody works for.
    Firm,
    /// A fax machine, which is a household's or an office's.
    Fax,
    /// A network address, a page or a wallet: no place where somebody lives.
    Network,
}

/// Parts of folded names that tell a holder wherever they stand.
const ANYWHERE: &[(Holder, &str)] = &[
    (Holder::Network, "webaddr website homepage loginip clientip userip remoteip regip registerip 登录ip 注册ip 网址 网卡"),
    (
        Holder::AnotherPerson,
        "coapplicant emergency nextofkin spouse husband guardian father mother referring referrer referer recommender introducer inviter beneficiary guarantor salesperson jinjilianxi tuijianren peiou jianhuren jingbanren 紧急 第二联系人 备用联系人 推荐人 介绍人 邀请人 引荐人 转介人 配偶 丈夫 妻子 监护 父亲 母亲 家长 家属 亲属 亲友 子女 经办 代办 代理 受益人 担保人 保证人 客户经理 业务员 销售员 客服 店员 收银 理财经理 管户 跟进人 负责人 创建人 操作人 修改人 更新人 归属人 归属 法人 法定代表 户主 收款 付款人 经理 对方 爱人 孩子 班主任 教师 被保险人 医生 医师 主治 护士 专员 主管 司机 共同 联名 成员 管家 租户 租客 柜员 操作员 录入人 审核人 导购 顾问",
    ),
    (Holder::Firm, "门店 店铺 网点 分行 支行 医院 学校"),
    (Holder::Fax, "faxnumber faxno telefax facsimile 传真 chuanzhen"),
];

/// Words of names that tell a holder: alone, or with a word of [`FIELDS`] behind.
const WORDS: &[(Holder, &str)] = &[
    (Holder::Network, "ip ipv4 ipv6 mac url wallet"),
    (
        Holder::AnotherPerson,
        "owner rep mgr nominee representative doctor physician gp provider clinician nurse therapist lawyer cashier staff assigned assignee creator partner nok poa joint coapplicant cosigner agent agents broker parent parents wife kin son daughter child children sibling brother sister relative relatives dependent dependant referral referee referred manager teller operator handler salesman saleswoman advisor adviser consultant officer witness sponsor proxy trustee attorney jjlxr tjr jhr jbr fq mq",
    ),
    (Holder::Fax, "fax"),
    (Holder::Firm, "org work business branch store shop practice"),
];

/// Parts of folded names that tell a firm, where the column holds a phone or a place.
const FIRM: &str =
    "company office employer corporate organisation organization gongsi danwei bangong 公司 单位 工作 办公 总机 企业 机构 统一社会信用代码";

/// What follows a word of [`WORDS`] without a gap (`agentname`, `tjrdh`).
const FIELDS: &str = "name nm phone mobile tel telephone email id no num number address addr xm dh sj sjh lxfs sfz sfzh zjh dz 地址";

impl Holder {
    /// The holder that a column's name tells, if it is not the customer.
    pub fn of_name(column: &str) -> Option<Holder> {
        let (whole, tokens) = (folded(column), tokens(column));
        let has = |word: &str| tokens.iter().any(|token| token == word);
        let is_word = |word: &str| tokens.iter().filter_map(|token| token.strip_prefix(word)).any(|rest| rest.is_empty() || is_field(rest));
        if has("agent") && has("user") || has("web") && has("address") {
            return Some(Holder::Network);
        }
        // Who did something: `Created By`; `by` alone is a birth year.
        if tokens.len() > 1 && tokens.last().is_some_and(|last| last == "by") {
            return Some(Holder::AnotherPerson);
        }
        let anywhere = ANYWHERE.iter().find(|(_, parts)| parts.split(' ').any(|part| whole.contains(part)));
        let word = || WORDS.iter().find(|(_, words)| words.split(' ').any(is_word));
        let firm = || FIRM.split(' ').any(|part| whole.contains(part)).then_some(Holder::Firm);
        anywhere.or_else(word).map(|(holder, _)| *holder).or_else(firm)
    }

    /// The word for somebody who is the customer where nobody else is named: who owns a home or a car, is insured, or works in a list of staff.
    pub fn subject_of_name(column: &str) -> Option<&'static str> {
        const SUBJECTS: &str = "owner doctor physician nurse staff cashier 成员 租户 租客 户主 被保险人 教师 医生 医师 护士 司机 店员 客服";
        let (whole, tokens) = (folded(column), tokens(column));
        SUBJECTS.split(' ').find(|word| tokens.iter().any(|token| token == word) || !word.is_ascii() && whole.contains(word))
    }

    /// Whether a column that would be read as `kind` is left out. A firm's name, and an account or number of the customer's own at a
    /// firm or on a site, say something about the customer all the same. So does an e-mail address at work, which one person reads; a
    /// phone at work may be the switchboard that all colleagues share.
    pub fn takes(self, kind: ColumnKind) -> bool {
        match self {
            Holder::AnotherPerson => true,
            Holder::Firm => kind.is_place() || matches!(kind, ColumnKind::Phone | ColumnKind::Ignore),
            Holder::Fax => matches!(kind, ColumnKind::Phone | ColumnKind::Ignore),
            Holder::Network => kind.is_place() || matches!(kind, ColumnKind::Phone | ColumnKind::Organisation | ColumnKind::Ignore),
        }
    }

    /// The reason given for leaving the column out.
    pub const fn reason(self) -> &'static str {
        match self {
            Holder::AnotherPerson => "another person's",
            Holder::Firm => "a firm's",
            Holder::Fax => "a fax number",
            Holder::Network => "a network address",
        }
    }
}

fn is_field(word: &str) -> bool {
    FIELDS.split(' ').any(|field| field == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_the_customers() {
        for (column, holder) in [
            ("emergency_contact_name", Holder::AnotherPerson),
            ("EmergencyPhone", Holder::AnotherPerson),
            ("emergency.phone", Holder::AnotherPerson),
            ("referrer_phone", Holder::AnotherPerson),
            ("SPOUSE_NM", Holder::AnotherPerson),
            ("agentphone", Holder::AnotherPerson),
            ("next_of_kin_tel", Holder::AnotherPerson),
            ("child_birth_date", Holder::AnotherPerson),
            ("紧急联系人电话", Holder::AnotherPerson),
            ("推荐人姓名", Holder::AnotherPerson),
            ("经办人手机", Holder::AnotherPerson),
            ("jjlxr_dh", Holder::AnotherPerson),
            ("TJRXM", Holder::AnotherPerson),
            ("company_phone", Holder::Firm),
            ("officeTel", Holder::Firm),
            ("单位电话", Holder::Firm),
            ("work_phone", Holder::Firm),
            ("WorkTel", Holder::Firm),
            ("workphone", Holder::Firm),
            ("business_phone", Holder::Firm),
            ("工作电话", Holder::Firm),
            ("公司地址", Holder::Firm),
            ("company_id", Holder::Firm),
            ("org_id", Holder::Firm),
            ("fax", Holder::Fax),
            ("Fax_No", Holder::Fax),
            ("传真号码", Holder::Fax),
            ("ip", Holder::Network),
            ("last_login_ip", Holder::Network),
            ("MAC_ADDRESS", Holder::Network),
            ("IP地址", Holder::Network),
            ("登录IP地址", Holder::Network),
            ("ipAddress", Holder::Network),
            ("web_address", Holder::Network),
            ("user_agent", Holder::Network),
            ("Account Owner", Holder::AnotherPerson),
            ("Created By", Holder::AnotherPerson),
            ("GP Name", Holder::AnotherPerson),
            ("主治医生", Holder::AnotherPerson),
            ("理财经理", Holder::AnotherPerson),
            ("门店电话", Holder::Firm),
            ("Branch Phone", Holder::Firm),
        ] {
            assert_eq!(Holder::of_name(column), Some(holder), "{column}");
        }
        for column in [
            "zip",
            "ship_address",
            "VIP地址",
            "confirm_phone",
            "membership_no",
            "relationship",
            "vip_phone",
            "parenthesis",
            "联系人",
            "联系电话",
            "network_name",
            "homework",
            "machine",
            "by",
            "mobile",
        ] {
            assert_eq!(Holder::of_name(column), None, "{column}");
        }
    }
}
