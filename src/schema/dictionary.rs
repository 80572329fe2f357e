//! Column names and the kinds they stand for: English, Chinese, pinyin and database abbreviations, and the usual ones of some European
//! languages.
//!
//! A name is folded (lower case, letters, digits and Han only) and looked up whole, with and without hints in brackets, a number at its end
//! and what programmers put in front (`strCity`); then its last path segment; then its tokens, abbreviations expanded, by the rules below
//! the table. Han names are looked up without the words in front that say whose or which (`客户电话`). A word that tells of something about
//! the thing (`Address Type`, `Passport Expiry`, `Updated By`) makes it no value of the thing.

use super::ColumnKind;
use ColumnKind as K;

/// Folded whole names. Several spellings a row; the first kind that matches is taken.
const NAMES: &[(ColumnKind, &str)] = &[
    (K::RecordId, "recordid id uniqueid recid rowid recno recordno recordkey 记录号 记录编号 编号 主键 レコードid"),
    (K::Source, "source sourcedataset sourcesystem dataset datasource src system channel 来源 数据来源 来源系统 渠道"),
    (K::Version, "version ver versionno 版本 版本号"),
    (
        K::UpdatedAt,
        "updatedat updatetime updated lastupdated lastmodified modifiedat modifytime upddt updtm updtime upddate updatedate moddt lastupdate lastupdatetime lastupdatedate lastmodifiedtime lastmodifieddate lastmodifiedat lastchanged changedat changedon lastedited editedat datemodified dateupdated modifieddate modificationdate gmtmodified gxsj xgsj gxrq xgrq gengxinshijian xiugaishijian 更新时间 更新日期 修改时间 修改日期 变更时间 变更日期 最后更新时间 最近修改 最后修改 最近更新 最后更新 geaendertam geändertam aenderungsdatum änderungsdatum 更新日 更新日時 最終更新日 수정일 датаизменения datemaj modifiéle modifiele geändam geaendam letzteänderung letzteaenderung datadeatualização lastmaintdt",
    ),
    (
        K::FullName,
        "nome name fullname custnm custname customername personname realname truename membername legalname clientname clientnm accountholder accountholdername cardholder cardholdername nameofcustomer 姓名 名字 中文名 中文姓名 客户名称 名称 真实姓名 联系人 持卡人 xingming xm khxm khmc zsxm vollername nomcomplet nombrecompleto nominativo naam 氏名 お名前 顧客名 会員名 이름 성명 고객명 фио имяполностью 收货人 收货人姓名 收件人 收件人姓名 nomecompleto imieinazwisko imięinazwisko aac003",
    ),
    (
        K::GivenName,
        "givenname firstname forename forenames given fname first gname gvnnm fstnm 名 名子 ming vorname prenom prénom nombre nombres voornaam имя namefirst imię imie",
    ),
    (K::MiddleName, "middlename middle secondname mname midname midnm middleinitial mi midinit отчество"),
    (K::NameSuffix, "namesuffix suffix nmsuffix namesfx sfx generation generationcode generationalsuffix"),
    (
        K::FamilyName,
        "familyname surname lastname family lname last sname sur fmlnm lstnm lastnm 姓 姓氏 xing nachname familienname zuname nomdefamille nom apellido apellidos achternaam cognome nomdenaissance nomusuel nazwisko sobrenome 氏 苗字 성 фамилия namelast",
    ),
    (
        K::Nickname,
        "nickname nick nicknm displayname screenname username usernm loginname loginnm alias nicheng yhm dlm 昵称 微信昵称 网名 用户名 登录名 aka knownas preferredname alsoknownas 买家会员名 买家昵称 旺旺 买家旺旺 会员名",
    ),
    (
        K::Sex,
        "sex gender sexcd gendercd gndr 性别 性别代码 性别编码 性别码 sexcode gendercode xb xbdm xingbie geschlecht sexe sexo geslacht sesso 性別 płeć plec aac004 성별 пол",
    ),
    (
        K::BirthDate,
        "birthdate dateofbirth dob birthday bday birthdt birth born brthdt bthdt dtofbirth 出生日期 生日 出生年月 出生年月日 出生日 出生时间 csrq csny shengri chushengriqi chushengnianyue geburtsdatum gebdatum gebdat geburtstag datedenaissance datenaissance fechadenacimiento fechanacimiento geboortedatum datadinascita 生年月日 誕生日 생년월일 생일 датарождения geb geborenam datadenascimento datanascimento dtnasc dataurodzenia dataur fechanac fnac nele néle datenaiss aac006 fechadenac",
    ),
    (K::BirthDay, "dobday bd birthd dobd dayofbirth"),
    (K::BirthMonth, "birthmonth dobmon dobmonth bm birthm dobm monthofbirth 出生月 出生月份"),
    (K::BirthYear, "birthyear dobyear by birthy doby yearofbirth yob 出生年 出生年份"),
    (K::Age, "age 年龄 nl nianling 年齢 나이 возраст"),
    (
        K::Phone,
        "phone phonenumber mobile mobilephone mobileno mobilenumber cell cellphone tel telephone telno telephonenumber phoneno phn phonenum homephone workphone contactphone contactno msisdn authorizedphone purephonenumber mobl mbl 手机 手机号 手机号码 电话 电话号码 联系电话 移动电话 固定电话 固话 座机 联系方式 shouji shoujihao sjh sjhm sj dh lxdh lxfs dianhua lianxidianhua jtdh zzdh bgdh landline contactnumber 宅电 电话号 手提电话 移动号码 telefon telefonnummer handy handynummer mobil mobilnummer mobiltelefon festnetz telefono teléfono movil móvil celular telephoneportable téléphone telefoon 電話番号 電話 携帯電話 携帯番号 携帯電話番号 連絡先 휴대폰 휴대폰번호 전화번호 연락처 핸드폰 телефон мобильный мобильныйтелефон номертелефона handynr telefonkomórkowy telefonkomorkowy telkom telfixe télfixe telportable télportable portable cellulare tfno telefonomovil teléfonomóvil telefoneresidencial telefone mobiel telefonprivat telf1 telf2 aae005 telefonofijo teléfonofijo tél",
    ),
    (
        K::Email,
        "email emailaddress mail emailaddr mailaddr mailaddress eml emailid 邮箱 邮箱地址 电子邮箱 电子邮箱地址 电子邮件 邮件 邮件地址 工作邮箱 公司邮箱 单位邮箱 企业邮箱 办公邮箱 电子信箱 youxiang yx dzyx dzyj correo correoelectronico correoelectrónico courriel メール メールアドレス eメール 이메일 почта электроннаяпочта",
    ),
    (
        K::ResidentId,
        "residentid idcard idcardno identitycard identitycardno citizenid 身份证 身份证号 身份证号码 公民身份号码 居民身份证 居民身份证号 sfz sfzh sfzhm sfzjh sfzjhm shenfenzheng",
    ),
    (
        K::NationalId,
        "socsecid ssn socialsecuritynumber socialsecurityno socialsecurity nationalid nationalinsurancenumber nino sin taxid tfn nhsnumber pan aadhaar medicareno dni nie curp cpf rut pesel bsn hkid nric fiscalcode codicefiscale 社保号 社会保障号 주민번호 инн снилс",
    ),
    (K::CertificateType, "idtype idtyp certtype certtp idtp doctype documenttype certificatetype 证件类型 证件种类 证件类别 zjlx"),
    (
        K::CertificateNumber,
        "idno idnumber idnum certno certnumber certificateno certificatenumber passport passportno passportnumber documentno documentnumber docno identityno identitynumber 证件号 证件号码 护照 护照号 护照号码 军官证 军官证号 驾驶证号 驾照号 driverlicence driverlicense driverslicense driverslicence driverlicenceno driverlicenseno driverslicenseno driverlicensenumber driverslicensenumber zjhm zjh паспорт номерпаспорта",
    ),
    (K::Device, "deviceid device devid imei idfa oaid androidid deviceuuid devicefingerprint udid 设备 设备号 设备id 设备标识"),
    (K::OpenId, "openid wxopenid wechatopenid 微信openid"),
    (K::UnionId, "unionid wxunionid wechatunionid 微信unionid"),
    (
        K::CustomerNumber,
        "customernumber customerno customerid custno custid clientid clientno memberid memberno membershipno userid uid accountid accountno cifno cif 客户号 客户编号 会员号 会员编号 会员卡号 用户编号 用户号 病历号 病案号 门诊号 住院号 就诊卡号 mrn patientid patientno hospitalno loyaltynumber loyaltyno khh khbh hyh hykh kundennummer kundennr kundenid mitgliedsnummer numeroclient numclient codeclient klantnummer 顧客番号 顧客id 会員番号 会員id お客様番号 고객번호 회원번호 номерклиента kunnr partnernummer 下单帐号 下单账号 买家支付宝账号 支付宝账号",
    ),
    (
        K::Address,
        "address addr fulladdress homeaddress postaladdress mailingaddress residentialaddress contactaddress addressfull 地址 通讯地址 家庭地址 联系地址 住址 居住地址 现住址 详细地址 家庭住址 dizhi dz txdz jtdz jtzz zz adresse anschrift direccion dirección domicilio indirizzo 주소 адрес endereço endereco 住所 adres",
    ),
    (
        K::Street,
        "street streetname streetaddress address1 addressline1 addr1 addrline1 addressline road strnm 街道地址 街道 路名 strasse straße rue calle straat stras ulica rua",
    ),
    (K::Premises, "address2 addressline2 addr2 addrline2 unit apartment apt flat building premises 小区 楼栋 门牌 单元 楼号 楼盘名称 室号"),
    (
        K::StreetNumber,
        "streetnumber streetno housenumber houseno housenum hseno strno 门牌号 门牌号码 hausnummer hausnr huisnummer huisnr numerdomu",
    ),
    (
        K::District,
        "suburb district county area locality neighbourhood neighborhood distct 区 区县 县 县区 行政区 所在区 address3 addressline3 addr3 addrline3 address4 addressline4 addr4 addrline4 ortsteil 市区町村 район bairro",
    ),
    (
        K::City,
        "city town cityname placename citynm 城市 市 所在城市 地市 cs chengshi ort wohnort stadt ville ciudad localidad plaats woonplaats 시 город comune commune cidade miejscowość miejscowosc municipio población poblacion ort01",
    ),
    (
        K::State,
        "state province region stateprovince prov stt 省 省份 省市 州 所在省 sf shengfen bundesland provincia kanton 都道府県 область uf regio",
    ),
    (
        K::Postcode,
        "postcode postalcode zip zipcode pcode postcd 邮编 邮政编码 yb yzbm youbian plz postleitzahl codepostal codigopostal 郵便番号 우편번호 индекс почтовыйиндекс pstlz cep kodpocztowy cp aae007",
    ),
    (K::Country, "country countrycode nation nationality countryname 国家 国籍 land pays pais país 国 국가 страна land1"),
    (
        K::Organisation,
        "organisation organization company employer companyname orgname org 公司 单位 工作单位 企业名称 gzdw firma unternehmen empresa 会社名 勤務先 회사 компания",
    ),
    (K::Occupation, "occupation job jobtitle profession title 职业 职务 岗位 zy beruf 직업 должность"),
    (
        K::Ignore,
        "createdat createtime created createdate 民族 婚姻状况 index rownum rownumber row no seq clusterid entityid personid trueid truthid goldenid origid label matchid duplicateof teller model devicemodel companyid companyno companycode companynumber employerid orgid orgno orgcode organisationid organizationid 公司编号 公司代码 单位编号 单位代码 企业编号 企业代码 机构编号 机构代码 组织机构代码 统一社会信用代码 创建时间 备注 序号 行号",
    ),
];

/// Abbreviations expanded within names of several tokens.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("nm", "name"),
    ("nam", "name"),
    ("fname", "given"),
    ("lname", "surname"),
    ("str", "street"),
    ("hse", "house"),
    ("nbr", "number"),
    ("num", "number"),
    ("no", "number"),
    ("dt", "date"),
    ("brth", "birth"),
    ("bth", "birth"),
    ("yr", "year"),
    ("yyyy", "year"),
    ("mm", "month"),
    ("mon", "month"),
    ("mth", "month"),
    ("dd", "day"),
    ("gndr", "gender"),
    ("cty", "city"),
    ("cntry", "country"),
    ("chg", "changed"),
    ("modify", "modified"),
    ("prov", "province"),
    ("pax", "passenger"),
    ("pat", "patient"),
    ("lic", "licence"),
    ("license", "licence"),
    ("acct", "account"),
    ("addr", "address"),
    ("eml", "email"),
    ("tel", "phone"),
    ("ph", "phone"),
    ("phn", "phone"),
    ("zip", "postcode"),
    ("zipcode", "postcode"),
    ("apt", "apartment"),
    ("postal", "postcode"),
    ("mod", "modified"),
    ("upd", "update"),
    ("updt", "update"),
    ("cert", "certificate"),
    ("doc", "document"),
    ("mob", "mobile"),
    ("cust", "customer"),
    ("cd", "code"),
    ("typ", "type"),
    ("tp", "type"),
    ("fst", "first"),
    ("lst", "last"),
];

/// Words that tell the kind of a name of several tokens; the first row whose words are all there is taken.
const WORDS: &[(ColumnKind, &[&str])] = &[
    (K::Ignore, &["company", "id", "number"]),
    // What looks like truth, or like the key of a blocking rule, is no evidence.
    (K::Ignore, &["true"]),
    (K::Ignore, &["truth"]),
    (K::Ignore, &["blocking"]),
    // Where somebody was born is no address.
    (K::Ignore, &["birth", "country"]),
    (K::Ignore, &["birth", "city"]),
    (K::Ignore, &["birth", "place"]),
    (K::Ignore, &["birth", "state"]),
    (K::Ignore, &["birth", "province"]),
    // Both parts in one column.
    (K::FullName, &["first", "last", "name"]),
    (K::FullName, &["first", "and", "surname"]),
    (K::FullName, &["first", "and", "last"]),
    (K::FullName, &["forename", "surname"]),
    (K::GivenName, &["first", "name"]),
    (K::GivenName, &["given"]),
    (K::FamilyName, &["last", "name"]),
    (K::FamilyName, &["surname"]),
    (K::MiddleName, &["middle"]),
    (K::NameSuffix, &["name", "suffix"]),
    (K::NameSuffix, &["name", "sufx"]),
    (K::Nickname, &["nick"]),
    (K::BirthDate, &["birth", "date"]),
    (K::BirthDate, &["date", "of", "birth"]),
    (K::BirthDate, &["birth", "day", "month", "year"]),
    (K::BirthDate, &["dob", "day", "month", "year"]),
    (K::BirthYear, &["birth", "year"]),
    (K::BirthYear, &["dob", "year"]),
    (K::BirthMonth, &["birth", "month"]),
    (K::BirthMonth, &["dob", "month"]),
    (K::BirthDay, &["birth", "day"]),
    (K::BirthDay, &["dob", "day"]),
    (K::BirthDate, &["dob"]),
    (K::BirthDate, &["birthday"]),
    (K::BirthDate, &["birthdate"]),
    (K::CertificateType, &["id", "type"]),
    (K::CertificateType, &["certificate", "type"]),
    (K::CertificateType, &["document", "type"]),
    (K::CertificateNumber, &["id", "number"]),
    (K::CertificateNumber, &["certificate", "number"]),
    (K::CertificateNumber, &["document", "number"]),
    (K::CertificateNumber, &["passport"]),
    (K::CertificateNumber, &["driver", "licence"]),
    (K::CertificateNumber, &["drivers", "licence"]),
    (K::NationalId, &["ssn"]),
    (K::NationalId, &["nhs", "number"]),
    (K::NationalId, &["ni", "number"]),
    (K::NationalId, &["medicare", "number"]),
    (K::Email, &["email"]),
    (K::Email, &["mail", "address"]),
    (K::Phone, &["phone"]),
    (K::Phone, &["mobile"]),
    (K::Phone, &["telephone"]),
    (K::Phone, &["cell"]),
    (K::Phone, &["landline"]),
    (K::Phone, &["contact", "number"]),
    (K::Device, &["device", "id"]),
    (K::Postcode, &["postcode"]),
    (K::Premises, &["unit", "number"]),
    (K::Premises, &["unit", "address"]),
    (K::Premises, &["apartment"]),
    (K::StreetNumber, &["house", "number"]),
    (K::StreetNumber, &["street", "number"]),
    (K::Street, &["street"]),
    (K::District, &["suburb"]),
    (K::City, &["city"]),
    (K::City, &["town"]),
    (K::State, &["province"]),
    (K::State, &["state"]),
    (K::Country, &["country"]),
    (K::Address, &["address"]),
    (K::UpdatedAt, &["update"]),
    (K::UpdatedAt, &["updated"]),
    (K::UpdatedAt, &["modified"]),
    (K::UpdatedAt, &["changed"]),
    (K::UpdatedAt, &["edited"]),
    (K::Occupation, &["occupation"]),
    // A number that a whole staff shares is no customer's name, number or employer in words.
    (K::Ignore, &["company", "id"]),
    (K::Ignore, &["company", "number"]),
    (K::Ignore, &["company", "code"]),
    (K::Organisation, &["company"]),
    (K::CustomerNumber, &["customer", "number"]),
    (K::CustomerNumber, &["customer", "id"]),
    (K::CustomerNumber, &["member", "id"]),
    (K::FullName, &["full", "name"]),
    (K::FullName, &["customer", "name"]),
    (K::FullName, &["billing", "name"]),
    (K::FullName, &["shipping", "name"]),
    (K::FullName, &["real", "name"]),
    (K::Sex, &["gender"]),
    (K::Sex, &["sex"]),
    (K::Age, &["age"]),
    (K::Nickname, &["user", "name"]),
    (K::Nickname, &["login", "name"]),
];

/// Who a table is about: `Patient Name` is the name, `patient_no` the number of the customer.
const SUBJECTS: &str = "voter constituent supporter crm donor insured claimant beneficiary customer client member patient passenger guest subscriber policyholder borrower buyer shopper person contact user applicant cardholder student consumer tenant loyalty account";

/// Words that say which of several, or nothing.
const QUALIFIERS: &str = "local full legal primary main first current our the of registered hospital card";

/// What a number of the customer is called.
const NUMBERS: &str = "id number code key ref reference identifier";

/// Words that tell of something about a thing: its kind, state, time, size or source. The column does not hold the thing.
const ABOUT: &str = "type expiry expires expiration expire issue issued issuing verified verification valid validity flag flg indicator ind size tier status count cnt reason preference pref score rating consent optin optout hash length format level category last4";

/// Words for what has names and addresses of its own.
const NAMED_THINGS: &str = "product branch store shop brand campaign";

/// Words that tell who did something: `Updated By`, `UPD_USER`.
const WHO: &str = "by user usr oper operator who name";

/// Words in front of Han names that say whose the thing is or which of several, all the customer's own.
const HAN_QUALIFIERS: &str = "客户 顾客 会员 用户 患者 病人 本人 个人 申请人 持卡人 乘客 旅客 住客 学生 业主 车主 买家 投保人 借款人 注册 常用 备用 其他 主要 家庭 住宅 现居 现 居住 户籍 所属 所在 最后 最近 最新 上次 当前 联系 通讯 联络 绑定 预留 登记 真实 数据";

/// Those of them that customers are called.
const HAN_SUBJECTS: &str = "客户 顾客 会员 用户 患者 病人 乘客 旅客 住客 学生 业主 买家 投保人";

/// What a number of the customer is called in Han, folded.
const HAN_NUMBERS: &str = "id 编号 编码 代码 号 号码 卡号";

/// What programmers put in front of a name to tell its type.
const TYPE_PREFIXES: &str = "str sz txt dtm dt lng int num bln chk cbo lbl fld col vc nvc";

/// The kind that a column's name stands for, if any.
pub fn kind_of_name(column: &str) -> Option<ColumnKind> {
    let bare = without_hints(column);
    known(column)
        .or_else(|| known(&bare))
        .or_else(|| known(bare.trim_end_matches(|letter: char| letter.is_numeric())))
        .or_else(|| han(&bare))
}

/// Whether a name says that the column holds what a record or a case is known by. A policy, an order or a card has a number too, and several
/// people may have it.
pub fn names_a_record(column: &str) -> bool {
    const RECORDS: &str =
        "record row case entry profile file folio registration reg data lead uuid guid pk employee emp worker external ext enterprise";
    let tokens = tokens(column);
    let is_known = |token: &String| is_among(NUMBERS, token) || is_among(RECORDS, token);
    tokens.iter().all(|token| is_known(token) || is_among(SUBJECTS, token)) && tokens.iter().any(is_known)
}

/// Names of columns that hold how people are addressed.
const SALUTATIONS: &str = "anrede anr anred salutation honorific nameprefix civilite civilité tratamiento aanhef";

/// Whether a column's name says that it holds how people are addressed (`Herr`, `Mrs.`), which tells the sex of most.
pub fn is_salutation(column: &str) -> bool {
    is_among(SALUTATIONS, folded(&without_hints(column)).trim_end_matches(|letter: char| letter.is_numeric()))
}

/// Whether a name says nothing of what the column holds: `col3`, `F3`, `x`, 列1.
pub fn says_nothing(column: &str) -> bool {
    const NOTHING: &str = "col column field fld f c v var x y attr attribute value unnamed contact 列 字段 栏";
    let folded = folded(&without_hints(column));
    is_among(NOTHING, folded.trim_end_matches(|letter: char| letter.is_numeric())) || folded.chars().all(char::is_numeric)
}

/// Whether a name says that the column holds the number of a thing that is sent, bought or billed.
pub fn numbers_a_thing(column: &str) -> bool {
    const THINGS: &str = "tracking waybill parcel order invoice receipt transaction confirmation barcode ean gtin ticket meter account card policy contract loan booking reservation claim";
    let folded = folded(column);
    tokens(column).iter().any(|token| is_among(THINGS, token))
        || ["单号", "订单", "运单", "条码", "保单", "合同", "卡号", "vertrag", "rechnung", "contrat", "factur"]
            .iter()
            .any(|part| folded.contains(part))
}

fn known(column: &str) -> Option<ColumnKind> {
    // The member `name` of a `user` is no `username`.
    if is_salutation(column) {
        return Some(K::Sex);
    }
    let joined = whole(&folded(column)).filter(|kind| *kind != K::Nickname || !column.contains('.'));
    if joined.is_some() {
        return joined;
    }
    if let Some(rest) = without_type(column)
        && let Some(kind) = whole(&folded(rest))
    {
        return Some(kind);
    }
    if let Some((_, last)) = column.rsplit_once('.')
        && let Some(kind) = whole(&folded(last))
    {
        return Some(in_path(column, kind));
    }
    // Members of an array are what their array is: `names.0` is a name.
    if let Some((array, number)) = column.rsplit_once('.')
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return kind_of_name(array).or_else(|| array.strip_suffix(['s', 'S']).and_then(kind_of_name)).filter(|kind| *kind != K::RecordId);
    }
    let tokens = tokens(column);
    let has = |word: &str| tokens.iter().any(|token| token == word);
    let kind = WORDS.iter().find(|(_, words)| words.iter().all(|word| has(word))).map(|(kind, _)| *kind).or_else(|| of_subject(&tokens))?;
    let about = |words: &str| tokens.iter().any(|token| is_among(words, token));
    let is_about = match kind {
        K::CertificateType | K::NameSuffix => false,
        K::CertificateNumber => {
            about(ABOUT) || about("date country place") || tokens.last().is_some_and(|last| is_among("state province", last))
        }
        K::UpdatedAt => about(ABOUT) || about(WHO),
        K::Sex => about("preference pref"),
        // What is no phone or address is told by its values; a verified one is one.
        K::Phone | K::Email => about("type flag flg status count reason"),
        K::CustomerNumber => about(ABOUT),
        K::Postcode | K::Country | K::State => about(ABOUT) || about(NAMED_THINGS) || has("id"),
        K::Premises => about(ABOUT) || about(NAMED_THINGS) || about("id code key date time"),
        kind if kind.is_place() => about(ABOUT) || about(NAMED_THINGS) || about("id code key"),
        _ => about(ABOUT) || about(NAMED_THINGS) || has("code") && kind != K::Ignore,
    };
    Some(if is_about { K::Ignore } else { kind })
}

/// The name or the number of whom the table is about.
fn of_subject(tokens: &[String]) -> Option<ColumnKind> {
    let rest: Vec<&str> = tokens.iter().map(String::as_str).filter(|token| !is_among(QUALIFIERS, token)).collect();
    match rest[..] {
        [subject, "name"] if is_among(SUBJECTS, subject) && subject != "account" => Some(K::FullName),
        // Keys of persons are what a clean-up of the data found out, or what a test is to find.
        ["person", number] if is_among(NUMBERS, number) => Some(K::Ignore),
        [subject, number] | [subject, "account", number] if is_among(SUBJECTS, subject) && is_among(NUMBERS, number) => {
            Some(K::CustomerNumber)
        }
        _ => None,
    }
}

/// The kind of a Han name, words in front taken off.
fn han(column: &str) -> Option<ColumnKind> {
    let folded = folded(column);
    if is_number_of_subject(&folded) { Some(K::CustomerNumber) } else { qualified(&folded) }
}

fn is_number_of_subject(folded: &str) -> bool {
    HAN_SUBJECTS.split(' ').filter_map(|subject| folded.strip_prefix(subject)).any(|rest| is_among(HAN_NUMBERS, rest))
}

fn qualified(folded: &str) -> Option<ColumnKind> {
    let rests = HAN_QUALIFIERS.split(' ').filter_map(|word| folded.strip_prefix(word));
    rests
        .filter(|rest| !rest.is_empty())
        .find_map(|rest| whole(rest).or_else(|| qualified(rest)))
        .filter(|kind| !matches!(kind, K::RecordId | K::Version | K::Source))
}

fn is_among(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// The name without what stands in brackets, and without marks of a form (`手机号（必填）*`).
fn without_hints(column: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::new();
    for letter in column.chars() {
        match letter {
            '(' | '（' | '[' | '【' | '<' | '{' => depth += 1,
            ')' | '）' | ']' | '】' | '>' | '}' => depth = depth.saturating_sub(1),
            letter if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    if folded(&out).is_empty() { column.to_string() } else { out.trim().to_string() }
}

/// The name without the letters in front that tell its type: `City` of `strCity`.
fn without_type(column: &str) -> Option<&str> {
    let start = column.find(char::is_uppercase)?;
    let (before, rest) = column.split_at(start);
    (is_among(TYPE_PREFIXES, before) && !before.is_empty()).then_some(rest)
}

/// An `id` inside a path names its parent (`device.id`), never the record.
fn in_path(column: &str, kind: ColumnKind) -> ColumnKind {
    let parent = column.rsplit_once('.').map_or("", |(parent, _)| parent);
    match (kind, whole(&folded(parent))) {
        (ColumnKind::RecordId, Some(of_parent @ (ColumnKind::Device | ColumnKind::OpenId | ColumnKind::UnionId))) => of_parent,
        (ColumnKind::RecordId, _) => ColumnKind::Ignore,
        (kind, _) => kind,
    }
}

fn whole(name: &str) -> Option<ColumnKind> {
    NAMES.iter().find(|(_, names)| names.split(' ').any(|known| known == name)).map(|(kind, _)| *kind)
}

/// Letters, digits and Han of a name, lower case.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Lower-case words of a name, split at separators and at camel humps, abbreviations expanded; `#` is a number.
pub(super) fn tokens(name: &str) -> Vec<String> {
    let bare = without_hints(name);
    let name = without_type(&bare).unwrap_or(&bare);
    let mut words: Vec<String> = vec![String::new()];
    let mut before_was_lower = false;
    for letter in name.chars() {
        if letter == '#' {
            words.push("number".to_string());
        }
        if !letter.is_alphanumeric() || (letter.is_uppercase() && before_was_lower) {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before_was_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    for word in &mut words {
        if let Some((_, long)) = ABBREVIATIONS.iter().find(|(short, _)| short == word) {
            *word = (*long).to_string();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_four_dialects_are_known() {
        for (name, kind) in [
            ("given_name", K::GivenName),
            ("CUST_NM", K::FullName),
            ("ID_NO", K::CertificateNumber),
            ("出生日期", K::BirthDate),
            ("shoujihao", K::Phone),
            ("real_name.name", K::FullName),
            ("real_name.id_no", K::CertificateNumber),
            ("device.id", K::Device),
            ("device.model", K::Ignore),
            ("dateOfBirth", K::BirthDate),
            ("customerHomePhoneNbr", K::Phone),
            ("address_1", K::Street),
            ("address_2", K::Premises),
            ("cluster_id", K::Ignore),
            ("company_id", K::Ignore),
            ("CompanyID", K::Ignore),
            ("company.id", K::Ignore),
            ("parent_company_no", K::Ignore),
            ("company_id_number", K::Ignore),
            ("org_id", K::Ignore),
            ("统一社会信用代码", K::Ignore),
            ("company", K::Organisation),
            ("company_name", K::Organisation),
            ("COMPANY_NM", K::Organisation),
            ("current_company", K::Organisation),
            ("org_name", K::Organisation),
            ("dob_mon", K::BirthMonth),
            ("EML_ADDR", K::Email),
            ("MAIL_ADDR", K::Email),
            ("cust_mail_addr", K::Email),
            ("mailing_address", K::Address),
            ("username", K::Nickname),
            ("user_name", K::Nickname),
            ("app_user_name", K::Nickname),
            ("user_real_name", K::FullName),
            ("user.name", K::FullName),
            ("用户名", K::Nickname),
            ("Primary Ph.", K::Phone),
            ("Zip/Postal", K::Postcode),
            ("mailing_address_zipcode", K::Postcode),
            ("mailing_address_unit_number", K::Premises),
            ("unit_number", K::Premises),
            ("Apt No", K::Premises),
            ("apt_date", K::Ignore),
            ("Postal Code", K::Postcode),
            ("BILL_ZIP_CD", K::Postcode),
            ("Last Mod Dt", K::UpdatedAt),
            ("LAST_UPD_TM", K::UpdatedAt),
            ("GXSJ", K::UpdatedAt),
            ("CERT_TYP", K::CertificateType),
            ("CERT_NO", K::CertificateNumber),
            ("Cust #", K::CustomerNumber),
            ("names.0", K::FullName),
            ("phones.1", K::Phone),
            ("contact.emails.0", K::Email),
            ("sjhm", K::Phone),
            ("Patient Name", K::FullName),
            ("PAX_NAME", K::FullName),
            ("Patient ID", K::CustomerNumber),
            ("voter_id", K::CustomerNumber),
            ("local_patient_id", K::CustomerNumber),
            ("person_key", K::Ignore),
            ("person_no", K::Ignore),
            ("Vorname", K::GivenName),
            ("name_suffix", K::NameSuffix),
            ("NAME_SUFX_CD", K::NameSuffix),
            ("Straße", K::Street),
            ("E-Mail", K::Email),
            ("Code postal", K::Postcode),
            ("Apellidos", K::FamilyName),
            ("最近修改", K::UpdatedAt),
            ("address_line_3", K::District),
            ("Subscriber ID", K::CustomerNumber),
            ("客户ID", K::CustomerNumber),
            ("患者编号", K::CustomerNumber),
            ("会员编码", K::CustomerNumber),
            ("客户电话", K::Phone),
            ("家庭电话", K::Phone),
            ("联系电话1", K::Phone),
            ("联系电话（必填）", K::Phone),
            ("Phone1", K::Phone),
            ("Telephone No.", K::Phone),
            ("Contact Number", K::Phone),
            ("出生日期（YYYYMMDD）", K::BirthDate),
            ("DOB (dd/mm/yyyy)", K::BirthDate),
            ("CUST_BIRTHDAY", K::BirthDate),
            ("BRTH_DATE", K::BirthDate),
            ("dtmDOB", K::BirthDate),
            ("BIRTH_YR", K::BirthYear),
            ("dobMM", K::BirthMonth),
            ("BIRTH_DD", K::BirthDay),
            ("性别代码", K::Sex),
            ("SEX_CODE", K::Sex),
            ("Age (years)", K::Age),
            ("年龄（岁）", K::Age),
            ("最后修改时间", K::UpdatedAt),
            ("LASTUPDATE", K::UpdatedAt),
            ("strFirst", K::GivenName),
            ("strCity", K::City),
            ("CTY_NM", K::City),
            ("MailingState", K::State),
            ("所属省份", K::State),
            ("Driver Licence No", K::CertificateNumber),
            ("Updated By", K::Ignore),
            ("UPD_USER", K::Ignore),
            ("Update Flag", K::Ignore),
            ("Passport Expiry", K::Ignore),
            ("Passport Issue Date", K::Ignore),
            ("Address Type", K::Ignore),
            ("Address ID", K::Ignore),
            ("City Tier", K::Ignore),
            ("SSN_LAST4", K::Ignore),
            ("Verified Phone", K::Phone),
            ("SEX_IND", K::Sex),
            ("State Code", K::State),
            ("CNTRY_CD", K::Country),
            ("Store Customer ID", K::CustomerNumber),
            ("中文名", K::FullName),
            ("DOB dd/mm/yyyy", K::BirthDate),
            ("Changed On", K::UpdatedAt),
            ("数据更新时间", K::UpdatedAt),
            ("MODIFY_DT", K::UpdatedAt),
            ("Gender Preference", K::Ignore),
            ("MI", K::MiddleName),
            ("生年月日", K::BirthDate),
            ("携帯電話番号", K::Phone),
            ("휴대폰", K::Phone),
            ("Дата рождения", K::BirthDate),
            ("first_and_surname", K::FullName),
            ("First & Last Name", K::FullName),
            ("PatientAcctNum", K::CustomerNumber),
            ("Constituent ID", K::CustomerNumber),
            ("DRIVERS_LICENSE_NUMBER", K::CertificateNumber),
            ("DRIVERS_LICENSE_STATE", K::Ignore),
            ("Country of Birth", K::Ignore),
            ("Last Product Name", K::Ignore),
        ] {
            assert_eq!(kind_of_name(name), Some(kind), "{name}");
        }
        for name in ["frobnication", "客户版本", "最新版本"] {
            assert_eq!(kind_of_name(name), None, "{name}");
        }
    }

    #[test]
    fn no_name_stands_for_two_kinds() {
        let mut seen = std::collections::BTreeMap::new();
        for (kind, names) in NAMES {
            for name in names.split(' ') {
                assert_eq!(seen.insert(name, kind), None, "{name} is listed twice");
            }
        }
    }
}
