//! Rows leave in another order than they came: a bounded window from which a random row goes out as each comes in.
//!
//! A row may have a sequel (its newer version); the sequel enters the window when the row has left it, so that it always
//! stands further down. Memory is the window. Never here: what is in a row.

use super::dice::Dice;
use std::io::{self, Write};

/// A row and what follows it.
pub(crate) struct Row {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sequel: Option<Vec<u8>>,
}

/// The window in front of one output.
pub(crate) struct Scatter<'a> {
    output: &'a mut dyn Write,
    waiting: Vec<Row>,
    window: usize,
    dice: Dice,
}

impl<'a> Scatter<'a> {
    /// A window of `window` rows before `output`.
    pub(crate) fn new(output: &'a mut dyn Write, window: usize, dice: Dice) -> Self {
        Scatter { output, waiting: Vec::new(), window, dice }
    }

    /// Writes at once, for headers.
    pub(crate) fn write_now(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.write_all(bytes)
    }

    /// Takes a row in and, when the window is full, lets random ones out until it no longer is: a sequel takes its row's place.
    pub(crate) fn push(&mut self, row: Row) -> io::Result<()> {
        self.waiting.push(row);
        while self.waiting.len() > self.window {
            self.release()?;
        }
        Ok(())
    }

    fn release(&mut self) -> io::Result<()> {
        let at = self.dice.below(self.waiting.len() as u32) as usize;
        let row = self.waiting.swap_remove(at);
        self.output.write_all(&row.bytes)?;
        if let Some(bytes) = row.sequel {
            self.waiting.push(Row { bytes, sequel: None });
        }
        Ok(())
    }

    /// Lets everything out.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        while !self.waiting.is_empty() {
            self.release()?;
        }
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_leaves_once_out_of_order_and_sequels_later() {
        let mut output = Vec::new();
        let mut scatter = Scatter::new(&mut output, 20, Dice::new(1, 1));
        for n in 0..100u8 {
            let row = Row { bytes: vec![n], sequel: (n % 10 == 0).then(|| vec![n + 100]) };
            scatter.push(row).expect("a vector takes everything");
            assert!(scatter.waiting.len() <= 20, "the window is all the memory there is");
        }
        scatter.finish().expect("a vector takes everything");
        let place = |n: u8| output.iter().position(|m| *m == n);
        assert_eq!(output.len(), 110);
        assert!((0..100).step_by(10).all(|n| place(n) < place(n + 100)));
        assert!(output[..100].windows(2).filter(|pair| pair[0] + 1 == pair[1]).count() < 20);
    }
}
