//! Chinese surnames: what tells a column of names from other texts, and by which `normalize` splits a name.

use rustc_hash::FxHashSet;
use std::sync::OnceLock;

/// Surnames of two characters, simplified.
pub const COMPOUND: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "端木", "南宫", "夏侯", "长孙", "宇文", "轩辕",
    "独孤", "百里", "东郭", "西门", "呼延", "闻人", "申屠", "太史", "公冶", "宗政", "濮阳", "淳于", "单于", "太叔", "仲孙", "钟离", "鲜于",
    "闾丘", "司空", "澹台", "赫连", "拓跋", "万俟", "公羊", "梁丘", "左丘", "第五", "羊舌", "亓官", "司寇", "巫马", "公西", "漆雕", "壤驷",
    "乐正", "公良", "夹谷", "宰父", "谷梁", "段干", "东野", "纳兰", "完颜", "叶赫", "耶律", "爱新",
];

/// The hundred most frequent surnames of one character and some more, simplified; they decide only where a name is in doubt.
pub const COMMON: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉仝区花於";

/// Those of the most frequent ones that traditional script writes in another way.
const COMMON_TRADITIONAL: &str = "張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧葉蘇呂盧鍾鐘譚陸賈韋鄒閆龍黎賀顧龔邵萬錢嚴湯溫龐顏倪莊魯齊喬歐關蘭焦簡";

/// Whether a text begins with a surname, in either script.
pub fn begins(text: &str) -> bool {
    static KNOWN: OnceLock<FxHashSet<char>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| COMMON.chars().chain(COMMON_TRADITIONAL.chars()).collect());
    text.chars().next().is_some_and(|first| known.contains(&first)) || COMPOUND.iter().any(|surname| text.starts_with(surname))
}
