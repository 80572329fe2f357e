//! Currencies: the codes of ISO 4217 and the decimal digits of their minor units.
//!
//! in: a code in capitals; out: its digits, `None` for what is no currency. Codes withdrawn since 2010 are known too, as events may
//! be older. Never here: rates of exchange; amounts in two currencies are never added up.

/// Codes by the digits of the minor unit. Metals, units of account and codes for tests are left out: nobody pays in them.
const BY_DIGITS: &[(u32, &[&str])] = &[
    (0, &["BIF", "BYR", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"]),
    (
        2,
        &[
            "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND", "BOB", "BOV",
            "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHE", "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUC", "CUP", "CVE",
            "CZK", "DKK", "DOP", "DZD", "EEK", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD",
            "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK", "LBP",
            "LKR", "LRD", "LSL", "LTL", "LVL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRO", "MRU", "MUR", "MVR", "MWK", "MXN",
            "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD",
            "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SLL", "SOS", "SRD", "SSP", "STD", "STN", "SVC", "SYP", "SZL",
            "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "USN", "UYU", "UZS", "VED", "VEF", "VES", "WST", "XCD",
            "XCG", "YER", "ZAR", "ZMK", "ZMW", "ZWG", "ZWL",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];

/// Decimal digits of a currency's minor unit; `None` for what is no code of ISO 4217.
pub fn minor_unit_digits(code: &str) -> Option<u32> {
    BY_DIGITS.iter().find(|(_, codes)| codes.contains(&code)).map(|(digits, _)| *digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_once_and_others_not() {
        let digits = ["CNY", "JPY", "KWD", "CLF", "RMB", "cny", "XXX", "XAU", ""].map(minor_unit_digits);
        assert_eq!(digits, [Some(2), Some(0), Some(3), Some(4), None, None, None, None, None]);
        let mut codes: Vec<&str> = BY_DIGITS.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
        assert!(codes.iter().all(|code| code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase())));
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
