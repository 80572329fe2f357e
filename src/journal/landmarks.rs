//! Where every so-manieth frame of the chain lies, so that one frame is found without reading all before it, and a moment likewise.

/// Frames from one landmark to the next. A frame is some 130 bytes, so that finding one reads 32 KiB at most.
const FRAMES_APART: u64 = 256;

/// A frame's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Landmark {
    pub(super) position: u64,
    /// The frame segment, from 1.
    pub(super) segment: u32,
    pub(super) offset: u64,
    /// The earliest time of this frame and those up to the next landmark.
    earliest: i64,
}

/// The landmarks of the committed part of a journal, rising.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Landmarks(Vec<Landmark>);

impl Landmarks {
    /// Takes the next frame of the chain.
    pub(super) fn pass(&mut self, position: u64, segment: u32, offset: u64, time: i64) {
        match self.0.last_mut() {
            Some(last) if position % FRAMES_APART != 1 => last.earliest = last.earliest.min(time),
            _ => self.0.push(Landmark { position, segment, offset, earliest: time }),
        }
    }

    /// Forgets the frames behind a position.
    pub(super) fn cut(&mut self, position: u64) {
        self.0.truncate(self.0.partition_point(|mark| mark.position <= position));
    }

    /// The last landmark at or before a position.
    pub(super) fn before(&self, position: u64) -> Option<Landmark> {
        self.0[..self.0.partition_point(|mark| mark.position <= position)].last().copied()
    }

    /// Stretches of frames that hold one as early as `time`, the last first: their first position, and the one behind them.
    pub(super) fn stretches_until(&self, time: i64) -> impl Iterator<Item = (u64, Option<u64>)> + '_ {
        let ends = self.0.iter().skip(1).map(|mark| Some(mark.position)).chain([None]);
        let stretches = self.0.iter().zip(ends).collect::<Vec<_>>().into_iter().rev();
        stretches.filter(move |(mark, _)| mark.earliest <= time).map(|(mark, end)| (mark.position, end))
    }
}
