//! What is asked of the generator: how many customers, which seed, how many errors.
//!
//! Never here: the rates themselves (see `disturbance`) and paths or file names beyond the sources' own names.

/// How often things go wrong; every rate rises from one level to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum ErrorLevel {
    /// A well-kept customer base.
    Light,
    /// What a bank or a retailer mostly has.
    #[default]
    Usual,
    /// Years of typing at counters, several take-overs.
    Heavy,
}

impl ErrorLevel {
    /// The levels, rising.
    pub const ALL: [ErrorLevel; 3] = [ErrorLevel::Light, ErrorLevel::Usual, ErrorLevel::Heavy];

    /// The level's name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorLevel::Light => "light",
            ErrorLevel::Usual => "usual",
            ErrorLevel::Heavy => "heavy",
        }
    }

    /// Reads a level's name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// What to generate. The same value gives the same bytes on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// How many people there are, from 1 to [`SYNTH_CUSTOMERS_MAX`](crate::limits::SYNTH_CUSTOMERS_MAX).
    pub customers: u64,
    /// Everything random follows from it.
    pub seed: u64,
    /// How often things go wrong.
    pub errors: ErrorLevel,
}

/// One of the four systems that know customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Channel {
    /// The customer-relationship system: `crm.csv`, id column `客户号`.
    Crm,
    /// The mobile app: `app.jsonl`, id column `user_id`.
    App,
    /// The WeChat mini program: `mini_program.jsonl`, id column `openid`.
    MiniProgram,
    /// The branch counter: `branch.csv` in GB18030, id column `CUST_NO`.
    Branch,
}

impl Channel {
    /// The channels in the order of their files.
    pub const ALL: [Channel; 4] = [Channel::Crm, Channel::App, Channel::MiniProgram, Channel::Branch];

    /// The source's name: the stem of its file.
    pub const fn name(self) -> &'static str {
        match self {
            Channel::Crm => "crm",
            Channel::App => "app",
            Channel::MiniProgram => "mini_program",
            Channel::Branch => "branch",
        }
    }
}
