//! A row of delimited text into its values (RFC 4180: values in quotes may hold delimiters, line ends and doubled quotes).

use compact_str::CompactString;

/// Splits rows; what it needs for rows with quotes is made once and used for all.
pub struct Splitter {
    delimiter: u8,
    quoted: Box<csv_core::Reader>,
    values: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    /// Of rows with a byte between their values.
    pub fn new(delimiter: u8) -> Self {
        let quoted = csv_core::ReaderBuilder::new().delimiter(delimiter).terminator(csv_core::Terminator::Any(0)).build();
        Splitter { delimiter, quoted: Box::new(quoted), values: Vec::new(), ends: Vec::new() }
    }

    /// The values of a row whose quotes hold no quotes, without the spaces around them; none of another row.
    pub fn split_plain(&self, row: &str, columns: usize) -> Option<Vec<CompactString>> {
        let mut values = Vec::with_capacity(columns);
        let mut rest = row;
        loop {
            let end_of_value = match rest.as_bytes() {
                [b'"', quoted @ ..] => {
                    let close = 1 + memchr::memchr(b'"', quoted)?;
                    values.push(CompactString::from(rest[1..close].trim()));
                    close + 1
                }
                plain => {
                    let end = memchr::memchr(self.delimiter, plain).unwrap_or(plain.len());
                    values.push(CompactString::from(rest[..end].trim()));
                    end
                }
            };
            match rest.as_bytes().get(end_of_value) {
                None => return Some(values),
                Some(next) if *next == self.delimiter => rest = &rest[end_of_value + 1..],
                Some(_) => return None,
            }
        }
    }

    /// The values of a row, without the spaces around them.
    pub fn split(&mut self, row: &str) -> Vec<CompactString> {
        if let Some(values) = self.split_plain(row, 0) {
            return values;
        }
        self.split_quoted(row)
    }

    /// The values of any row, without the spaces around them.
    pub fn split_quoted(&mut self, row: &str) -> Vec<CompactString> {
        self.quoted.reset();
        self.values.resize(self.values.len().max(row.len() + 1), 0);
        let most = memchr::memchr_iter(self.delimiter, row.as_bytes()).count() + 2;
        self.ends.resize(self.ends.len().max(most), 0);
        let (_, used, _, mut fields) = self.quoted.read_record(row.as_bytes(), &mut self.values, &mut self.ends);
        // The end of input closes the last value.
        let (_, _, _, more) = self.quoted.read_record(&row.as_bytes()[used..], &mut [], &mut self.ends[fields..]);
        fields += more;
        let mut start = 0;
        let cut = |end: &usize| {
            let value = String::from_utf8_lossy(&self.values[start..*end]);
            start = *end;
            CompactString::from(value.trim())
        };
        self.ends[..fields].iter().map(cut).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_split_as_rfc_4180_says() {
        let mut splitter = Splitter::new(b',');
        let mut values = |row: &str| {
            let values = splitter.split(row);
            assert!(splitter.split_plain(row, 0).is_none_or(|plain| plain == splitter.split_quoted(row)), "{row}");
            values.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(values("a, b ,,c"), ["a", "b", "", "c"]);
        assert_eq!(values("\"a,b\",\"say \"\"x\"\"\",张"), ["a,b", "say \"x\"", "张"]);
        assert_eq!(values("\"two\nlines\",x,"), ["two\nlines", "x", ""]);
        assert_eq!(values("5\" pipe,x"), ["5\" pipe", "x"]);
        assert_eq!(values("1,\"Ann\",Foo\rBar,x"), ["1", "Ann", "Foo\rBar", "x"]);
        assert_eq!(values("\"a long one, and then\",\"\",\"\",1,2,3").len(), 6);
        assert_eq!(values("\"a quote that nothing closes,x"), ["a quote that nothing closes,x"]);
        assert_eq!(values("\"b\",c"), ["b", "c"], "nothing is left of the row before");
        assert_eq!(values(","), ["", ""]);
        assert_eq!(values("\" a \", b,\"\""), ["a", "b", ""]);
    }
}
