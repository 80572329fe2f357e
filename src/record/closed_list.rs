//! Closed lists of named things: an enum whose variants have names that people write.

/// Makes an enum from variants and their names, with `ALL`, `name`, `parse` and `Display`. The order is the one given.
macro_rules! closed_list {
    ($(#[$attribute:meta])+ $list:ident { $($(#[doc = $doc:literal])+ $variant:ident $name:literal,)+ }) => {
        $(#[$attribute])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum $list { $($(#[doc = $doc])+ $variant,)+ }

        impl $list {
            /// All of them, in order.
            pub const ALL: &'static [$list] = &[$($list::$variant,)+];

            /// The name in settings, reports and explanations.
            pub const fn name(self) -> &'static str {
                match self { $($list::$variant => $name,)+ }
            }

            /// Reads a name.
            pub fn parse(name: &str) -> Option<$list> {
                $list::ALL.iter().copied().find(|one| one.name() == name)
            }
        }

        impl std::fmt::Display for $list {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use closed_list;
