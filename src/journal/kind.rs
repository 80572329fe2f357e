//! The kinds of frames: a closed list with numbers that never change their meaning.
//!
//! A new kind takes the next number. A program that meets a number it does not know refuses the journal: what it cannot read
//! may be a decision, and leaving one out would give other answers.

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident $number:literal $name:literal,)+) => {
        /// What a frame tells. What its payload looks like is the affair of the one who appends it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Kind { $($(#[doc = $doc])+ $variant = $number,)+ }

        impl Kind {
            /// Every kind, by number.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)+];

            /// The kind of this number, if this program knows it.
            pub const fn from_number(number: u16) -> Option<Kind> {
                match number { $($number => Some(Kind::$variant),)+ _ => None }
            }

            /// The word used in listings.
            pub const fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name,)+ }
            }
        }
    };
}

kinds! {
    /// Opens a batch; the payload is the note given with it. Written by the journal alone.
    BatchBegin 1 "batch begin",
    /// Closes a batch and makes it count. Written by the journal alone.
    BatchCommit 2 "batch commit",
    /// A mapping of a source's columns to fields.
    Mapping 3 "mapping",
    /// A model snapshot as learnt or shipped.
    ModelSnapshot 4 "model snapshot",
    /// A model snapshot made the active one.
    ModelActivation 5 "model activation",
    /// Records as they arrived and were normalised; many to a frame.
    RecordPut 6 "record put",
    /// Records that are gone from their source.
    RecordDelete 7 "record delete",
    /// Outcomes: which records belong to which One-ID, and which One-IDs redirect.
    Assignment 8 "assignment",
    /// A steward's must-link or cannot-link.
    Judgement 9 "judgement",
    /// Events of customers (purchases, visits); many to a frame.
    Event 10 "event",
    /// A question for a steward.
    ReviewItem 11 "review item",
    /// What a steward answered.
    ReviewDecision 12 "review decision",
    /// Payloads erased: which, when, on whose order.
    Erasure 13 "erasure",
    /// Records held back from linking and serving, or given free again.
    Restriction 14 "restriction",
    /// Settings as they were taken over.
    Settings 15 "settings",
    /// Requests that were answered, with what was answered.
    Request 16 "request",
}

impl Kind {
    /// The number in the frame.
    pub const fn number(self) -> u16 {
        self as u16
    }
}
