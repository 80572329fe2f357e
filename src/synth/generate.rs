//! The run: household after household, person after person, record after record, to six outputs.
//!
//! 1. A household of people.
//! 2. For each person the records in each channel, each with its row (and sometimes a newer one), its line of truth.
//! 3. The person's events.
//!
//! Rows pass a window that mixes them, so memory does not grow with the number of customers.
//! Never here: files; an output is anything that can be written to.

use super::calendar::{Day, Moment, SEEN};
use super::config::{Channel, Config};
use super::counts::Counts;
use super::dice::Dice;
use super::disturbance::Disturbance as D;
use super::event::{self, Account};
use super::observe::Seen;
use super::opaque::NameKind;
use super::person::{MINOR_YEARS, Person};
use super::rows::{self, RowNames};
use super::scatter::{Row, Scatter};
use super::world::World;
use crate::error::{Error, Result};
use crate::limits::{SYNTH_CUSTOMERS_MAX, SYNTH_RECORDS_PER_CHANNEL_MAX, SYNTH_WINDOW_ROWS};
use std::io::Write;

/// Customers between two reports of progress.
const PROGRESS_STEP: u64 = 1_000;

/// Where everything goes.
pub struct Outputs<'a> {
    /// `crm.csv`.
    pub crm: &'a mut dyn Write,
    /// `app.jsonl`.
    pub app: &'a mut dyn Write,
    /// `mini_program.jsonl`.
    pub mini_program: &'a mut dyn Write,
    /// `branch.csv`.
    pub branch: &'a mut dyn Write,
    /// `events.csv`.
    pub events: &'a mut dyn Write,
    /// `truth.csv`: `source,record_id,cluster_id`.
    pub truth: &'a mut dyn Write,
    /// For tests: `cluster_id,household_id`, a line for each person. The command does not write it.
    pub households: Option<&'a mut dyn Write>,
    /// Called now and then with the number of customers made so far, and at the end with all.
    pub progress: &'a mut dyn FnMut(u64),
}

/// Makes a data set. The same configuration gives the same bytes.
pub fn generate(config: &Config, outputs: &mut Outputs) -> Result<Counts> {
    if config.customers == 0 || config.customers > SYNTH_CUSTOMERS_MAX {
        return Err(Error::usage(format!("customers: asked {}, allowed 1 to {SYNTH_CUSTOMERS_MAX}", config.customers)));
    }
    let Outputs { crm, app, mini_program, branch, events, truth, households, progress } = outputs;
    let channels: [&mut dyn Write; 4] = [&mut **crm, &mut **app, &mut **mini_program, &mut **branch];
    let sinks = Sinks::new(config.seed, channels, &mut **events, &mut **truth);
    let households = households.as_mut().map(|output| &mut **output as &mut dyn Write);
    let run = Run { world: World::new(config), sinks, households, seed: config.seed, made: [0; 4], events: 0, seen: Seen::default() };
    run.all(config.customers, &mut **progress).map_err(|cause| Error::io("synthetic data", &cause))
}

/// The windows before the outputs.
struct Sinks<'a> {
    channels: [Scatter<'a>; 4],
    events: Scatter<'a>,
    truth: Scatter<'a>,
}

impl<'a> Sinks<'a> {
    fn new(seed: u64, channels: [&'a mut dyn Write; 4], events: &'a mut dyn Write, truth: &'a mut dyn Write) -> Self {
        let mut number = u64::MAX - 16;
        let mut scatter = |output| {
            number += 1;
            Scatter::new(output, SYNTH_WINDOW_ROWS, Dice::new(seed, number))
        };
        Sinks { channels: channels.map(&mut scatter), events: scatter(events), truth: scatter(truth) }
    }
}

struct Run<'a> {
    world: World,
    sinks: Sinks<'a>,
    households: Option<&'a mut dyn Write>,
    seed: u64,
    /// Records so far, by channel.
    made: [u64; 4],
    /// Events so far.
    events: u64,
    seen: Seen,
}

impl Run<'_> {
    fn all(mut self, customers: u64, progress: &mut dyn FnMut(u64)) -> std::io::Result<Counts> {
        for (sink, channel) in self.sinks.channels.iter_mut().zip(Channel::ALL) {
            sink.write_now(rows::header(channel).as_bytes())?;
        }
        self.sinks.events.write_now(event::HEADER.as_bytes())?;
        self.sinks.truth.write_now(b"source,record_id,cluster_id\n")?;
        let (mut people, mut household, mut reported) = (0, 0, 0);
        while people < customers {
            household += 1;
            self.world.hand.dice = Dice::new(self.seed, household);
            let members = self.world.household(people, customers - people);
            people += members.len() as u64;
            members.iter().try_for_each(|person| self.person(person, household))?;
            if people - reported >= PROGRESS_STEP {
                reported = people;
                progress(people);
            }
        }
        progress(people);
        let Run { sinks, mut world, made, events, .. } = self;
        sinks.channels.into_iter().chain([sinks.events, sinks.truth]).try_for_each(Scatter::finish)?;
        let counts = &mut world.hand.counts;
        (counts.customers, counts.households, counts.records, counts.events) = (people, household, made, events);
        Ok(world.hand.counts)
    }

    fn person(&mut self, person: &Person, household: u64) -> std::io::Result<()> {
        let cluster = format!("c{:010}", self.world.namer.narrow(NameKind::Cluster, person.number));
        if let Some(output) = &mut self.households {
            writeln!(output, "{cluster},{household}")?;
        }
        let mut accounts = Vec::new();
        let numbers = self.records_by_channel(person);
        for (channel, count) in Channel::ALL.into_iter().zip(numbers) {
            for _ in 0..count {
                accounts.push(self.record(person, channel, &cluster)?);
            }
        }
        accounts.sort_by_key(|account| account.since);
        let Run { world, sinks, events, .. } = self;
        world.events(person.culture, person.since, &accounts, events, &mut |row| {
            sinks.events.push(Row { bytes: row.as_bytes().to_vec(), sequel: None })
        })
    }

    /// How many records somebody has in each channel; at least one in all.
    fn records_by_channel(&mut self, person: &Person) -> [u32; 4] {
        let hand = &mut self.world.hand;
        let per_cent = match SEEN.age(person.birth) {
            ..MINOR_YEARS => [55, 12, 12, 70],
            MINOR_YEARS..60 => [80, 72, 74, 56],
            60.. => [76, 34, 40, 80],
        };
        let mut numbers = per_cent.map(|per_cent| u32::from(hand.dice.per_cent(per_cent)));
        if numbers == [0; 4] {
            numbers[if hand.dice.per_cent(50) { 0 } else { 3 }] = 1;
        }
        for number in &mut numbers {
            while *number > 0 && *number < SYNTH_RECORDS_PER_CHANNEL_MAX && hand.hit(D::SecondRecord) {
                *number += 1;
            }
        }
        numbers
    }

    fn record(&mut self, person: &Person, channel: Channel, cluster: &str) -> std::io::Result<Account> {
        let id = self.record_id(channel);
        let since = Day(self.world.hand.dice.between(person.since.0, SEEN.0 - 1));
        let mut unionid = String::new();
        // The second record of a person in the mini program may be another WeChat account.
        let account = person.number * 2 + u64::from(self.world.hand.dice.per_cent(6));
        self.world.namer.write_wechat(NameKind::UnionId, account, &mut unionid);
        let names = RowNames { id: &id, unionid: &unionid };
        let bytes = self.row(person, channel, names, since);
        let sequel = self.world.hand.hit(D::UpdatedRow).then(|| {
            let later = Day(self.world.hand.dice.between(since.0 + 1, SEEN.0));
            self.row(person, channel, names, later)
        });
        self.sinks.channels[channel as usize].push(Row { bytes, sequel })?;
        let truth = format!("{},{id},{cluster}\n", channel.name());
        self.sinks.truth.push(Row { bytes: truth.into_bytes(), sequel: None })?;
        Ok(Account { channel, id, since })
    }

    fn row(&mut self, person: &Person, channel: Channel, names: RowNames, day: Day) -> Vec<u8> {
        let moment = Moment::on(day, 28_800 + self.world.hand.dice.below(43_200));
        self.world.observe(person, channel, moment, &mut self.seen);
        let mut row = String::with_capacity(256);
        rows::write_row(channel, names, &self.seen, moment, &mut row);
        self.world.hand.counts.rows[channel as usize] += 1;
        rows::encode(channel, &row)
    }

    /// The next record's id in a channel.
    fn record_id(&mut self, channel: Channel) -> String {
        let number = self.made[channel as usize];
        self.made[channel as usize] += 1;
        let namer = self.world.namer;
        match channel {
            Channel::Crm => format!("C{:010}", namer.narrow(NameKind::Crm, number)),
            Channel::App => format!("{:010}", 1_000_000_000 + namer.narrow(NameKind::App, number)),
            Channel::MiniProgram => {
                let mut id = String::new();
                namer.write_wechat(NameKind::MiniProgram, number, &mut id);
                id
            }
            Channel::Branch => format!("62{:010}", namer.narrow(NameKind::Branch, number)),
        }
    }
}
