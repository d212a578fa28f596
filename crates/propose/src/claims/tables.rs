//! The names that providers give to what an identity holds, the likeliest first.
//!
//! A name is a field's words joined by underscores, so that `avatarUrl` and `avatar-url` are `avatar_url`. In a path,
//! `0` is the first item of an array and `*` any field.

use super::super::shape::Shape;
use super::super::words;

/// What a field must hold for a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string or a number.
    Text,
    /// A string that people read: a name, an e-mail address.
    Name,
    /// The URL of a picture.
    Picture,
    /// When something was: a string or a number.
    Date,
    /// True or false.
    Flag,
    /// An array of strings, or a string with spaces between.
    TextList,
}

/// What is said of pictures that are told by something else than a URL.
const NO_URL: [&str; 22] = [
    "hash",
    "sha 1",
    "sha 256",
    "checksum",
    "digest",
    "fingerprint",
    "sha1",
    "sha256",
    "md5",
    "base64",
    "base 64",
    "blurhash",
    "file id",
    "file identifier",
    "media id",
    "image id",
    "avatar id",
    "id of",
    "identifier of",
    "file name",
    "filename",
    "binary",
];

/// What an object of pictures calls the one to show, the likeliest first.
pub(super) const SIZES: [&str; 14] = [
    "url",
    "image_url",
    "href",
    "src",
    "uri",
    "content_url",
    "medium",
    "image_128x128",
    "48x48",
    "large",
    "original",
    "full",
    "default",
    "normal",
];

impl Kind {
    /// Whether a field of this name and shape can be such a claim.
    pub(super) fn suits(self, key: &str, shape: &Shape<'_>) -> bool {
        match self {
            Self::Text => shape.is_text(),
            Self::Name => shape.is_string_or_anything() && !is_formatted(shape),
            Self::Picture => shape.is_string_or_anything() && is_picture(key, shape),
            Self::Date => shape.is_text() && shape.values().is_empty(),
            Self::Flag => shape.is_flag(),
            // A text of which the values are listed is one of them.
            Self::TextList => {
                shape.is_text_list() && (shape.is_array() || shape.values().is_empty())
            }
        }
    }
}

/// Whether a text is something that nobody is called.
fn is_formatted(shape: &Shape<'_>) -> bool {
    ["uuid", "uuid4", "date-time", "date", "binary", "byte"]
        .iter()
        .any(|format| shape.has_format(format))
}

/// Whether a text that is named as a picture is a URL, as far as is told.
fn is_picture(key: &str, shape: &Shape<'_>) -> bool {
    if ["uri", "url", "iri"].iter().any(|it| shape.has_format(it)) {
        return true;
    }
    let words: Vec<_> = key.split('_').collect();
    let ends_otherwise = words.last().is_some_and(|word| {
        [
            "id",
            "hash",
            "key",
            "name",
            "color",
            "colour",
            "type",
            "status",
            "description",
            "version",
            "sha",
            "etag",
            "blob",
            "alt",
        ]
        .contains(word)
    });
    let line = words::line(&shape.description());
    let is_other = ["byte", "binary", "uuid"]
        .iter()
        .any(|it| shape.has_format(it))
        || shape.keyword("contentEncoding").next().is_some()
        || shape
            .keyword("pattern")
            .any(|it| it.contains("a-f0-9") || it.contains("0-9a-f"))
        || !shape.values().is_empty()
        || NO_URL.iter().any(|phrase| words::says(&line, phrase));
    let says_url = ["url", "uri", "link", "address"]
        .iter()
        .any(|word| words::says(&line, word));
    // What is a text or an object is that object's identifier, where it is a text.
    let is_reference = shape.types().contains("object") && !says_url;
    if ends_otherwise || is_other || is_reference {
        return false;
    }
    if words
        .iter()
        .any(|word| ["url", "uri", "href", "link"].contains(word))
    {
        return true;
    }
    let shown = shape.samples();
    let shown: Vec<_> = shown
        .iter()
        .filter(|it| !it.is_empty() && **it != "string" && !it.starts_with('<'))
        .collect();
    // `{image: {original}}`: by that alone, it may be a file's name.
    let is_size = ["original", "full", "default", "normal"].contains(&key);
    shown.is_empty() && (!is_size || says_url)
        || shown.iter().any(|it| {
            it.starts_with("http") || it.starts_with("//") || (!is_size && is_image_file(it))
        })
}

/// Whether a text is the path of an image's file, which is a relative reference (RFC 3986, section 4.2).
fn is_image_file(text: &str) -> bool {
    let extension = text.rsplit_once('.').map(|(_, it)| it.to_ascii_lowercase());
    !text.contains(' ')
        && extension.is_some_and(|it| {
            ["jpg", "jpeg", "png", "gif", "svg", "webp", "avif"].contains(&it.as_str())
        })
}

/// The names under which a claim is found.
#[derive(Debug)]
pub(super) struct Rule {
    /// The claim.
    pub claim: &'static str,
    /// What it is, for a comment.
    pub what: &'static str,
    /// What the field must hold.
    pub kind: Kind,
    /// The names, the likeliest first.
    pub names: &'static [&'static str],
}

impl Rule {
    /// Those of the names that are a person's own whatever person's word stands before them: `member_first_name`.
    pub(super) fn prefixed(&self) -> &'static [&'static str] {
        match self.claim {
            "email" => &["email", "email_address", "emailaddress", "mail"],
            "given_name" => &[
                "first_name",
                "firstname",
                "given_name",
                "givenname",
                "forename",
                "fname",
            ],
            "family_name" => &[
                "last_name",
                "lastname",
                "family_name",
                "familyname",
                "surname",
                "lname",
            ],
            _ => &[],
        }
    }
}

/// Words for persons before the names of what they have.
pub(super) const BEFORE_NAMES: [&str; 8] = [
    "user", "member", "account", "person", "profile", "customer", "employee", "my",
];

const fn text(claim: &'static str, what: &'static str, names: &'static [&'static str]) -> Rule {
    Rule {
        claim,
        what,
        kind: Kind::Text,
        names,
    }
}

const fn of(
    kind: Kind,
    claim: &'static str,
    what: &'static str,
    names: &'static [&'static str],
) -> Rule {
    Rule {
        claim,
        what,
        kind,
        names,
    }
}

/// The holder's identifier.
pub(super) const SUB: Rule = text(
    "sub",
    "an identifier",
    &[
        "sub",
        "id",
        "pk",
        "gid",
        "uuid",
        "guid",
        "user_id",
        "user_uuid",
        "user_gid",
        "user_guid",
        "userid",
        "did",
        "uid",
        "member_id",
        "memberid",
        "member_uuid",
        "person_id",
        "personid",
        "profile_id",
        "profileid",
        "owner_id",
        "resource_owner_id",
        "login_id",
        "account_id",
        "accountid",
        "account_uuid",
        "account_gid",
        "sys/id",
        "sid",
        "merchant_id",
        "seller_id",
        "bot_id",
        "user_identifier",
        "admin_id",
        "agent_id",
        "employee_id",
        "athlete_id",
        "player_id",
        "viewer_id",
        "principal_id",
        "actor_id",
        "subject_id",
        "subject",
        "default_subject",
        "identity_id",
        "identity",
        "user_identity",
        "customer_id",
        "entity_id",
        "identifier",
        "public_id",
        "public_uuid",
        "object_id",
        "resource_name",
        "urn",
        "arn",
        "uri",
    ],
);

/// Names of identifiers that are of whatever the object is.
pub(super) const OWN_IDS: [&str; 12] = [
    "id",
    "pk",
    "gid",
    "uuid",
    "guid",
    "uid",
    "sid",
    "did",
    "identifier",
    "uri",
    "urn",
    "key",
];

/// Names of identifiers that are of a user, whatever the object is.
pub(super) const USER_IDS: [&str; 9] = [
    "user_id",
    "user_uuid",
    "user_gid",
    "user_guid",
    "userid",
    "user_identifier",
    "person_id",
    "owner_id",
    "resource_owner_id",
];

/// Words of identifiers that are somebody's: of people, and of what keeps their accounts.
pub(super) const ACCOUNT_KEEPERS: [&str; 14] = [
    "user",
    "member",
    "membership",
    "person",
    "account",
    "keycloak",
    "gotrue",
    "auth",
    "auth0",
    "cognito",
    "firebase",
    "unique",
    "internal",
    "own",
];

/// Names of keys by which a user is told from others, and which open nothing.
pub(super) const USER_KEYS: [&str; 5] = [
    "user_key",
    "userkey",
    "member_key",
    "person_key",
    "profile_key",
];

/// Kinds of callers beside those of holders and of credentials.
pub(super) const CALLERS: [&str; 6] = [
    "apikey",
    "service_principal",
    "principal",
    "project_api_key",
    "access_key",
    "session",
];

/// Names of addresses on a blockchain, by which an account is told from others.
pub(super) const ADDRESSES: [&str; 9] = [
    "address",
    "account_address",
    "wallet_address",
    "user_address",
    "main_address",
    "account",
    "wallet",
    "eth_address",
    "evm_address",
];

/// What is said of a key that opens something.
pub(super) const SECRET_WORDS: [&str; 10] = [
    "api key",
    "secret",
    "private",
    "token",
    "password",
    "authenticate",
    "authentication",
    "authorization",
    "credential",
    "access key",
];

/// Claims that are never how many there are of something.
pub(super) const NO_COUNTS: [&str; 5] = [
    "sub",
    "name",
    "preferred_username",
    "given_name",
    "family_name",
];

/// Who a credential was made by, or for.
pub(super) const MAKERS: Rule = text(
    "sub",
    "whose credential it is",
    &[
        "owner_user_id",
        "creator_user_id",
        "created_by_user_id",
        "creator_id",
        "created_by_id",
        "issued_to",
    ],
);

/// The last words of identifiers.
pub(super) const ID_ENDINGS: [&str; 5] = ["id", "uuid", "gid", "guid", "sid"];

/// Words of identifiers that are not the holder's.
pub(super) const OTHERS_IDS: [&str; 103] = [
    "history",
    "revision",
    "env",
    "routing",
    "lease",
    "log",
    "event",
    "job",
    "token",
    "key",
    "credential",
    "client",
    "app",
    "application",
    "project",
    "environment",
    "request",
    "trace",
    "correlation",
    "device",
    "session",
    "parent",
    "plan",
    "role",
    "group",
    "location",
    "region",
    "connection",
    "idp",
    "external",
    "affiliate",
    "subscription",
    "billing",
    "avatar",
    "image",
    "photo",
    "terms",
    "referral",
    "currency",
    "language",
    "department",
    "invited",
    "inviter",
    "invitation",
    "impersonator",
    "created",
    "creator",
    "updated",
    "deleted",
    "manager",
    "referrer",
    "referred",
    "contact",
    "partner",
    "supervisor",
    "default",
    "saml",
    "ldap",
    "tax",
    "vat",
    "country",
    "timezone",
    "locale",
    "file",
    "media",
    "cover",
    "banner",
    "address",
    "payment",
    "card",
    "last",
    "next",
    "previous",
    "latest",
    "transaction",
    "order",
    "message",
    "thread",
    "channel",
    "room",
    "server",
    "instance",
    "site",
    "domain",
    "version",
    "build",
    "theme",
    "tracking",
    "analytics",
    "marketing",
    "tenant",
    "provider",
    "source",
    "status",
    "type",
    "category",
    "store",
    "national",
    "fiscal",
    "passport",
    "citizen",
    "government",
    "document",
];

/// Claims of persons that stand on their own.
pub(super) const PERSONAL: [Rule; 5] = [
    of(
        Kind::Name,
        "email",
        "an e-mail address",
        &[
            "email",
            "email_address",
            "emailaddress",
            "primary_email",
            "primary_email_address",
            "user_email",
            "account_email",
            "confirmed_email",
            "login_email",
            "user_principal_email",
            "mail",
            "e_mail",
            "main_email",
            "personal_email",
            "work_email",
            "profile_email",
            "communication_email",
            "contact_email",
            "email_id",
            "email_ids/0",
            "emails/0/address",
            "emails/0/email",
            "emails/0/value",
            "emails/0/email_address",
            "emails/0",
            "email/address",
            "email/email",
            "email/value",
            "mailbox/full_address",
            "mailbox/address",
            "mailbox/email",
            "primary_email/email",
            "email_addresses/0/email_address",
            "email_addresses/0/value",
            "email/primary",
            "emails/primary",
            "emails/primary/email",
            "primary_email/address",
            "primary_email_address/email_address",
            "emails/0/email_address",
            "email_addresses/0/address",
            "person/email",
        ],
    ),
    Rule {
        claim: "email_verified",
        what: "whether the e-mail address is verified",
        kind: Kind::Flag,
        names: &[
            "email_verified",
            "verified_email",
            "is_email_verified",
            "email_is_verified",
            "emails_verified",
            "email_confirmed",
            "email_validated",
            "is_email_validated",
            "validated_email",
            "primary_email_confirmed",
            "primary_email_verified",
            "confirmed_primary_email",
            "is_email_confirmed",
            "has_verified_email",
            "confirmed_email",
            "is_email_address_verified",
            "email_address_verified",
            "user_email_verified",
            "emails/0/verified",
            "emails/0/is_verified",
            "emails/0/confirmed",
            "email/verified",
            "email/confirmed",
            "email/is_verified",
        ],
    },
    of(
        Kind::Name,
        "given_name",
        "a given name",
        &[
            "given_name",
            "givenname",
            "first_name",
            "firstname",
            "forename",
            "fname",
            "localized_first_name",
            "name_first",
            "name/given_name",
            "name/first_name",
            "name/first",
            "name/given",
            "names/0/given_name",
        ],
    ),
    of(
        Kind::Name,
        "family_name",
        "a family name",
        &[
            "family_name",
            "familyname",
            "last_name",
            "lastname",
            "surname",
            "lname",
            "localized_last_name",
            "name_last",
            "name/family_name",
            "name/last_name",
            "name/last",
            "name/family",
            "name/surname",
            "names/0/family_name",
        ],
    ),
    of(
        Kind::Picture,
        "picture",
        "a picture",
        &[
            "picture",
            "picture_url",
            "avatar_url",
            "avatarurl",
            "avatar",
            "avatar_uri",
            "image_url",
            "image",
            "photo_url",
            "photo",
            "profile_image_url",
            "profile_image_url_https",
            "profile_picture_url",
            "profile_picture",
            "profile_photo_url",
            "profile_photo",
            "profile_image",
            "profile_pic",
            "user_image_url",
            "user_avatar",
            "img_url",
            "icon_url",
            "icon_img",
            "gravatar_url",
            "gravatar",
            "thumbnail_url",
            "thumb_url",
            "thumb",
            "avatar_large",
            "avatar_big",
            "avatar_medium",
            "avatar_small",
            "avatar/url",
            "avatar/image_url",
            "avatar/href",
            "avatar/original",
            "image/url",
            "photo/url",
            "photo/content_url",
            "photo/image_128x128",
            "profile_image/url",
            "profile_picture/url",
            "avatar/0/url",
            "image/0/url",
            "photo/0/url",
            "profile_image/0/uri",
            "profile_image/0/url",
            "photos/0/value",
            "photos/0/url",
            "images/0/url",
            "images/0/src",
            "avatars/0/url",
            "avatars/0/uri",
            "images/0/uri",
            "photos/0/uri",
            "pictures/0/url",
            "image_512",
            "image_192",
            "image_72",
            "image_24",
            "links/avatar/href",
            "links/avatar",
            "pictures/sizes/0/link",
            "picture/data/url",
            "picture/*",
            "photo/*",
            "image/*",
            "avatar_urls/*",
            "avatars/*",
            "avatar/*",
            "profile_image/*",
            "profile_picture/*",
            "profile_photo/*",
            "pictures/*",
            "images/*",
            "photos/*",
            "gravatar/*",
            "thumbnail/*",
            "display_picture",
            "display_picture_url",
            "user_picture",
            "user_photo",
            "user_image",
            "headshot",
            "headshot_url",
            "logo_url",
            "logo",
        ],
    ),
];

/// Words of fields that hold the address of a picture of somebody.
pub(super) const PICTURES: [&str; 11] = [
    "avatar", "picture", "pic", "photo", "image", "img", "portrait", "headshot", "gravatar",
    "userpic", "icon",
];

/// Words of pictures that show something else.
pub(super) const OTHER_PICTURES: [&str; 12] = [
    "cover",
    "banner",
    "background",
    "header",
    "preview",
    "company",
    "organization",
    "team",
    "workspace",
    "brand",
    "favicon",
    "badge",
];

/// A name as shown to people.
pub(super) const NAME: Rule = of(
    Kind::Name,
    "name",
    "a name",
    &[
        "name",
        "full_name",
        "fullname",
        "display_name",
        "displayname",
        "real_name",
        "realname",
        "formatted_name",
        "preferred_name",
        "pref_name",
        "friendly_name",
        "localized_name",
        "person_name",
        "common_name",
        "user_full_name",
        "user_display_name",
        "global_name",
        "public_name",
        "name/full_name",
        "name/formatted",
        "name/display_name",
        "name/full",
        "full",
        "names/0/display_name",
        "account_name",
        "user_real_name",
        "nickname",
        "nick_name",
    ],
);

/// Names that are surely full ones.
pub(super) const FULL_NAMES: [&str; 6] = [
    "full",
    "full_name",
    "fullname",
    "real_name",
    "realname",
    "user_full_name",
];

/// The name of a holder that is no person, where it has no other.
pub(super) const NAME_OF_OTHERS: Rule = of(
    Kind::Name,
    "name",
    "a name",
    &[
        "company_name",
        "organization_name",
        "organisation_name",
        "legal_name",
        "trading_name",
        "shop_name",
        "store_name",
        "settings/name",
        "settings/company_name",
        "settings/organization_name",
        "settings/business_name",
        "settings/display_name",
        "settings/general/name",
        "general/name",
        "info/name",
        "branding/name",
    ],
);

/// How a name to sign in with is described, and no other.
pub(super) const SIGN_IN_PHRASES: [&str; 9] = [
    "unique name",
    "for login",
    "login name",
    "log in with",
    "logs in with",
    "to log in",
    "to sign in",
    "the username",
    "s username",
];

/// What may stand for a name where there is none.
pub(super) const LABEL: Rule = of(
    Kind::Name,
    "name",
    "what it is called, in place of a name",
    &[
        "label",
        "business_name",
        "merchant_name",
        "member_name",
        "bot_name",
        "app_name",
    ],
);

/// A text that says what a credential is for.
pub(super) const DESCRIPTION: Rule = of(Kind::Name, "name", "a description", &["description"]);

/// What somebody is called among friends, which is no name beside a given and a family one.
pub(super) const PREFERRED_NAMES: [&str; 2] = ["preferred_name", "pref_name"];

/// Names of operations that are about credentials.
pub(super) const CREDENTIALS: [&str; 6] = [
    "credential",
    "credentials",
    "api key",
    "api token",
    "access token",
    "service account",
];

/// A name to sign in with, or to be called by.
pub(super) const USERNAME: Rule = of(
    Kind::Name,
    "preferred_username",
    "a name to sign in with",
    &[
        "preferred_username",
        "username",
        "user_name",
        "login",
        "login_name",
        "handle",
        "screen_name",
        "user_login",
        "user_handle",
        "user_principal_name",
        "on_premises_sam_account_name",
        "uname",
        "unique_name",
        "acct",
        "mention_name",
        "nick",
        "alias",
        "slug",
        "user",
    ],
);

/// What a user is called among others, where there is no name to sign in with: by its words or its examples, it is one
/// to be told by.
pub(super) const NICKNAME: Rule = of(
    Kind::Name,
    "preferred_username",
    "what others call the user by, as there is no name to sign in with",
    &["nickname", "nick_name"],
);

/// Names of what others call a user by, which may be shown to them alone.
pub(super) const CALLED: [&str; 2] = ["alias", "nick"];

/// Names to sign in with that only persons and bots have.
pub(super) const USERNAME_OF_PERSONS: Rule = of(
    Kind::Name,
    "preferred_username",
    "a name to sign in with",
    &[
        "preferred_username",
        "username",
        "user_name",
        "login",
        "login_name",
        "screen_name",
        "user_principal_name",
    ],
);

/// Objects that hold by what a user signs in, and not with another service.
pub(super) const SIGN_INS: [&str; 12] = [
    "authenticators",
    "authenticator",
    "credentials",
    "credential",
    "login",
    "logins",
    "sign_in",
    "auth",
    "authentication",
    "authentications",
    "password_credentials",
    "local_auth",
];

/// Other services by which a user may sign in.
pub(super) const OTHER_SIGN_INS: [&str; 18] = [
    "github",
    "gitlab",
    "google",
    "facebook",
    "twitter",
    "x",
    "apple",
    "microsoft",
    "linkedin",
    "discord",
    "slack",
    "oauth",
    "oauth2",
    "oidc",
    "saml",
    "social",
    "external",
    "idp",
];

/// What a field is described as when it holds a name to sign in with.
pub(super) const USERNAME_PHRASES: [&str; 5] = [
    "user name",
    "username",
    "login name",
    "log in with",
    "logs in with",
];

/// Names to sign in with, which may be e-mail addresses.
pub(super) const LOGIN: Rule = of(
    Kind::Name,
    "email",
    "an e-mail address",
    &[
        "login",
        "username",
        "user_name",
        "user",
        "login_name",
        "login_id",
    ],
);

/// When the account was made and last changed.
pub(super) const DATES: [Rule; 2] = [
    of(
        Kind::Date,
        "created_at",
        "when it was created",
        &[
            "created_at",
            "createdat",
            "created",
            "created_on",
            "created_time",
            "created_date",
            "create_at",
            "create_time",
            "create_date",
            "creation_time",
            "creation_date",
            "date_created",
            "date_added",
            "user_created_at",
            "joined_at",
            "date_joined",
            "joined",
            "joined_on",
            "join_date",
            "joined_date",
            "date_registered",
            "registered",
            "registered_on",
            "account_created_at",
            "account_created",
            "created_date_time",
            "created_timestamp",
            "created_ts",
            "creation_timestamp",
            "time_created",
            "when_created",
            "user_since",
            "signed_up_at",
            "registered_at",
            "registration_date",
            "member_since",
            "signup_date",
            "inserted_at",
            "created/at",
            "created/on",
            "created/date",
            "created/time",
            "created/timestamp",
        ],
    ),
    of(
        Kind::Date,
        "updated_at",
        "when it was last changed",
        &[
            "updated_at",
            "updatedat",
            "updated",
            "updated_on",
            "updated_time",
            "update_at",
            "update_time",
            "modified_at",
            "updated_date",
            "updated_timestamp",
            "modified_date",
            "date_last_modified",
            "modified",
            "modified_on",
            "time_modified",
            "time_updated",
            "last_modified",
            "last_modified_at",
            "date_modified",
            "date_updated",
            "last_updated",
            "last_updated_at",
            "updated/at",
            "updated/on",
            "updated/date",
            "updated/time",
            "updated/timestamp",
            "modified/at",
            "modified/on",
            "modified/date",
            "last_modified/at",
        ],
    ),
];

/// Objects that tell of the object around them as a record.
pub(super) const RECORDS: [&str; 16] = [
    "meta",
    "metadata",
    "sys",
    "system",
    "audit",
    "audit_info",
    "audit_data",
    "audit_metadata",
    "audit_trail",
    "audit_log",
    "auditing",
    "timestamps",
    "dates",
    "record",
    "record_info",
    "history",
];

/// What is said of the token itself.
pub(super) const TOKEN: [Rule; 5] = [
    text(
        "id",
        "the token's identifier",
        &[
            "token_id",
            "api_token_id",
            "access_token_id",
            "api_key_id",
            "key_id",
            "credential_id",
            "jti",
            "token/id",
            "token/uuid",
            "token/uid",
            "api_token/id",
            "api_token/uid",
            "access_token/id",
            "access_token/uid",
            "api_key/id",
            "api_key/uid",
            "apikey/id",
            "key/id",
            "credential/id",
            "authorization/id",
            "personal_access_token/id",
        ],
    ),
    of(
        Kind::Name,
        "name",
        "the token's name",
        &[
            "token_name",
            "api_token_name",
            "access_token_name",
            "api_key_name",
            "key_name",
            "token_label",
            "key_label",
            "token/name",
            "token/label",
            "api_token/name",
            "access_token/name",
            "api_key/name",
            "api_key/label",
            "apikey/name",
            "key/name",
            "key/label",
            "credential/name",
            "personal_access_token/name",
        ],
    ),
    of(
        Kind::Date,
        "expires_at",
        "when the token expires",
        &[
            "token_expires_at",
            "access_token_expires_at",
            "api_key_expires_at",
            "key_expires_at",
            "token_expiry",
            "token_expiration",
            "token_expires",
            "token_expire",
            "exp",
            "token/expires_at",
            "token/expires_on",
            "token/expires",
            "token/expiration",
            "api_token/expires_at",
            "access_token/expires_at",
            "api_key/expires_at",
            "apikey/expires_at",
            "key/expires_at",
            "credential/expires_at",
            "personal_access_token/expires_at",
        ],
    ),
    of(
        Kind::Date,
        "issued_at",
        "when the token was made",
        &[
            "iat",
            "token_created_at",
            "token_issued_at",
            "token/created_at",
            "token/issued_at",
            "api_token/created_at",
            "access_token/created_at",
            "api_key/created_at",
            "apikey/created_at",
        ],
    ),
    of(
        Kind::Date,
        "last_used_at",
        "when the token was last used",
        &[
            "token_last_used_at",
            "token/last_used_at",
            "api_token/last_used_at",
            "access_token/last_used_at",
            "api_key/last_used_at",
            "apikey/last_used_at",
        ],
    ),
];

/// The same in an object that is the token.
pub(super) const OWN_TOKEN: [Rule; 5] = [
    text(
        "id",
        "the token's identifier",
        &["id", "uuid", "gid", "guid", "uid", "sid", "accessor"],
    ),
    of(
        Kind::Name,
        "name",
        "the token's name",
        &[
            "name",
            "label",
            "title",
            "display_name",
            "friendly_name",
            "description",
        ],
    ),
    of(
        Kind::Date,
        "expires_at",
        "when the token expires",
        &[
            "expires_at",
            "expiresat",
            "expires_on",
            "expires",
            "expiry",
            "expiry_date",
            "expiration",
            "expiration_date",
            "expiration_time",
            "expire_time",
            "expire_at",
            "expired_at",
            "valid_until",
        ],
    ),
    of(
        Kind::Date,
        "issued_at",
        "when the token was made",
        &[
            "issued_at",
            "created_at",
            "created",
            "created_on",
            "created_date",
            "create_time",
            "creation_time",
            "creation_date",
            "date_created",
            "issue_time",
        ],
    ),
    of(
        Kind::Date,
        "last_used_at",
        "when the token was last used",
        &[
            "last_used_at",
            "last_used",
            "last_used_on",
            "last_use_time",
            "last_used_time",
            "last_used_date",
        ],
    ),
];

/// Fields of a token that hardly anything else has.
pub(super) const TOKEN_SIGNS: [&str; 16] = [
    "expires_at",
    "expires_on",
    "expires_in",
    "expire_time",
    "expiration_date",
    "last_used_at",
    "last_used",
    "last_used_on",
    "revoked",
    "revoked_at",
    "is_revoked",
    "token_type",
    "prefix",
    "key_prefix",
    "hint",
    "renewable",
];

/// What the token may do.
pub(super) const SCOPES: Rule = Rule {
    claim: "scopes",
    what: "scopes",
    kind: Kind::TextList,
    names: &[
        "scopes",
        "scope",
        "granted_scopes",
        "oauth_scopes",
        "token_scopes",
        "api_scopes",
        "token/scopes",
        "token/scope",
        "token/capabilities",
        "token/permissions",
        "access_token/scopes",
        "api_key/scopes",
        "api_key/permissions",
        "key/scopes",
        "authorization/scope",
        "authorization/scopes",
        "grant/scopes",
        "capabilities",
        "abilities",
        "privileges",
        "permissions",
        "granted_permissions",
    ],
};

/// Words for organizations, the likeliest first.
pub(super) const ORGANIZATIONS: [&str; 20] = [
    "organization",
    "organisation",
    "org",
    "workspace",
    "company",
    "enterprise",
    "tenant",
    "business",
    "team",
    "account",
    "resource",
    "customer",
    "merchant",
    "site",
    "firm",
    "agency",
    "realm",
    "instance",
    "institution",
    "group",
];

/// How many of these are surely not within another one.
pub(super) const WHOLE_ORGANIZATIONS: usize = 3;

/// Objects of what is within an organization and is no holder.
pub(super) const WITHIN_ORGANIZATIONS: [&str; 6] = [
    "project",
    "current_project",
    "workspace",
    "environment",
    "team",
    "membership",
];

/// The plural of a word for an organization, and other names of lists of them.
pub(super) const ORGANIZATION_LISTS: [&str; 25] = [
    "organizations",
    "organisations",
    "orgs",
    "workspaces",
    "teams",
    "companies",
    "enterprises",
    "tenants",
    "businesses",
    "accounts",
    "organization_memberships",
    "organizations_memberships",
    "workspace_memberships",
    "team_memberships",
    "memberships",
    "user_organizations",
    "merchants",
    "sites",
    "agencies",
    "user_teams",
    "organization_ids",
    "organisation_ids",
    "org_ids",
    "workspace_ids",
    "tenant_ids",
];

/// Objects that hold lists of what the holder belongs to.
pub(super) const LIST_HOLDERS: [&str; 8] = [
    "groups",
    "memberships",
    "membership",
    "affiliations",
    "relations",
    "relationships",
    "embedded",
    "access",
];

/// Fields of accounts that are no organizations: at a bank, or in a network of somebody else's.
pub(super) const OTHER_ACCOUNTS: [&str; 15] = [
    "network",
    "provider",
    "platform",
    "service",
    "username",
    "user_name",
    "screen_name",
    "iban",
    "bic",
    "balance",
    "balances",
    "available_balance",
    "account_number",
    "routing_number",
    "bank",
];

/// What is said of accounts that a user has, and does not belong to.
pub(super) const OWN_ACCOUNTS: [&str; 12] = [
    "subaccount",
    "sub account",
    "subaccounts",
    "sub accounts",
    "main account",
    "master account",
    "trading account",
    "margin account",
    "bank account",
    "wallet",
    "brokerage account",
    "blockchain",
];

/// Fields beside such accounts, or within them.
pub(super) const BESIDE_OWN_ACCOUNTS: [&str; 10] = [
    "main_account",
    "main_account_id",
    "margin_mode",
    "margin_type",
    "leverage",
    "kyc_level",
    "kyc_status",
    "is_kyc_done",
    "iban",
    "balances",
];

/// Objects that a list stands in, with how many there are and the like.
pub(super) const AROUND_LISTS: [&str; 9] = [
    "data", "items", "nodes", "edges", "results", "values", "records", "elements", "list",
];

/// Fields of accounts that are persons in public.
pub(super) const FOLLOWED: [&str; 4] = [
    "followers_count",
    "following_count",
    "followers",
    "following",
];

/// What is said of texts that people write of themselves.
pub(super) const FREE_TEXTS: [&str; 13] = [
    "entered by the user",
    "provided by the user",
    "given by the user",
    "specified by the user",
    "stated by the user",
    "user entered",
    "user provided",
    "works for",
    "free text",
    "free form",
    "freeform",
    "self reported",
    "as entered by",
];

/// What is said of organizations that somebody likes and does not belong to.
pub(super) const LIKED: [&str; 6] = [
    "chosen",
    "favorite",
    "favourite",
    "followed",
    "preferred",
    "saved",
];

/// Fields whose words deny what their names say, by claim; `*` is all of them.
pub(super) const DENIALS: [(&[&str], &[&str]); 7] = [
    (
        &["*"],
        &[
            "not of the caller",
            "not of the user",
            "not the caller",
            "not the caller s",
            "not the user s",
            "not of the current user",
        ],
    ),
    (
        &["sub"],
        &[
            "changes with every",
            "changes with each",
            "changes on every",
            "changes every",
            "new for every request",
            "cache id",
            "cache key",
            "id of the request",
            "id of this request",
            "request id",
        ],
    ),
    (
        &["created_at", "updated_at"],
        &[
            "who",
            "by whom",
            "name of",
            "whether",
            "the response",
            "the request",
            "this response",
            "this request",
        ],
    ),
    (
        &["email_verified"],
        &["backup", "recovery", "secondary", "alternate", "phone"],
    ),
    (
        &[
            "email",
            "name",
            "preferred_username",
            "given_name",
            "family_name",
            "picture",
        ],
        &[
            "of the manager",
            "manager s",
            "of the supervisor",
            "supervisor s",
            "of the inviter",
            "of the creator",
        ],
    ),
    (
        &["name", "preferred_username", "picture"],
        &[
            "of the user s organization",
            "of the user s organisation",
            "of the user s company",
            "of the user s team",
            "of the user s workspace",
            "of the user s employer",
            "user s organization name",
            "user s company name",
        ],
    ),
    (
        &["email"],
        &["of the account s owner", "of the account owner"],
    ),
];

/// The names of a business, within its object: where nothing else there is a name.
pub(super) const BUSINESS_NAME: Rule = of(
    Kind::Name,
    "name",
    "its name",
    &[
        "business_name",
        "company_name",
        "organization_name",
        "organisation_name",
        "trade_name",
        "trading_name",
        "legal_name",
        "organization",
        "organisation",
        "company",
    ],
);

/// What may stand before a word for an organization.
pub(super) const ORGANIZATION_PREFIXES: [&str; 8] = [
    "", "current_", "active_", "default_", "primary_", "my_", "user_", "home_",
];

/// The claims of an organization: within its object, and as the end of a flat field's name.
pub(super) const ORGANIZATION: [Rule; 5] = [
    text(
        "id",
        "its identifier",
        &["id", "gid", "uuid", "guid", "uid", "sid", "id_code", "uri"],
    ),
    of(
        Kind::Name,
        "name",
        "its name",
        &["name", "display_name", "title", "label"],
    ),
    text(
        "slug",
        "its short name",
        &[
            "slug",
            "sub_domain",
            "subdomain",
            "domain",
            "handle",
            "login",
            "short_name",
            "shortname",
            "url_key",
            "key",
        ],
    ),
    text(
        "role",
        "the role in it",
        &[
            "role",
            "role_name",
            "user_role",
            "membership_role",
            "role/name",
            "role/slug",
        ],
    ),
    Rule {
        claim: "active",
        what: "whether it is active",
        kind: Kind::Flag,
        names: &["is_active", "active", "enabled"],
    },
];

/// Fields that say what kind of holder it is.
pub(super) const TYPE_FIELDS: [&str; 16] = [
    "subject_type",
    "account_type",
    "user_type",
    "owner_type",
    "identity_type",
    "principal_type",
    "actor_type",
    "member_type",
    "kind",
    "type",
    "token_type",
    "token_kind",
    "auth_kind",
    "auth_type",
    "resource_type",
    "object",
];

/// Fields that are true for what is not a person.
pub(super) const MACHINE_FLAGS: [&str; 10] = [
    "service_token",
    "is_service_token",
    "bot",
    "is_bot",
    "service_account",
    "is_service_account",
    "is_machine",
    "machine",
    "is_robot",
    "is_service_user",
];

/// What the values of such a field mean.
pub(super) const SUBJECT_TYPES: [(&str, &[&str]); 4] = [
    (
        "user",
        &[
            "user",
            "person",
            "human",
            "member",
            "individual",
            "profile",
            "end_user",
            "teammate",
            "admin",
        ],
    ),
    (
        "service_account",
        &[
            "bot",
            "service",
            "service_account",
            "service_user",
            "machine",
            "machine_user",
            "robot",
            "system_user",
            "service_token",
        ],
    ),
    (
        "application",
        &[
            "app",
            "application",
            "integration",
            "oauth_app",
            "client",
            "oauth_client",
        ],
    ),
    (
        "organization",
        &[
            "organization",
            "organisation",
            "org",
            "company",
            "team",
            "workspace",
            "merchant",
            "business",
            "tenant",
            "enterprise",
        ],
    ),
];

/// Objects that hold the person who asks.
pub(super) const PERSONS: [&str; 26] = [
    "user",
    "me",
    "current_user",
    "authenticated_user",
    "logged_in_user",
    "viewer",
    "self",
    "myself",
    "whoami",
    "member",
    "current_member",
    "team_member",
    "person",
    "human",
    "teammate",
    "employee",
    "agent",
    "admin",
    "athlete",
    "player",
    "profile",
    "principal",
    "subject",
    "identity",
    "caller",
    "user_account",
];

/// Objects that hold a person whose something else is.
pub(super) const OTHERS: [&str; 12] = [
    "owner",
    "resource_owner",
    "authorized_by",
    "actor",
    "contact",
    "creator",
    "created_by",
    "issued_to",
    "issuer",
    "seller",
    "holder",
    "account_holder",
];

/// Words of objects that hold somebody else, or something of the caller's.
pub(super) const NOT_PERSONS: [&str; 30] = [
    "by",
    "last",
    "parent",
    "invited",
    "impersonator",
    "impersonated",
    "manager",
    "settings",
    "preferences",
    "groups",
    "group",
    "roles",
    "role",
    "permissions",
    "permission",
    "limits",
    "stats",
    "statistics",
    "status",
    "plan",
    "subscription",
    "meta",
    "metadata",
    "token",
    "agreement",
    "avatar",
    "support",
    "referred",
    "default",
    "type",
];

/// Objects that hold anything.
pub(super) const ENVELOPES: [&str; 24] = [
    "affected_items",
    "records",
    "claims",
    "status",
    "data",
    "result",
    "results",
    "resource",
    "response",
    "payload",
    "body",
    "content",
    "item",
    "items",
    "object",
    "info",
    "details",
    "value",
    "values",
    "entity",
    "account",
    "customer",
    "party",
    "d",
];

/// Objects that hold a holder who is no person.
pub(super) const MACHINES: [&str; 7] = [
    "application",
    "app",
    "bot",
    "service_account",
    "service_user",
    "machine_user",
    "integration",
];

/// Objects that hold a credential.
pub(super) const TOKENS: [&str; 10] = [
    "token",
    "grant",
    "api_token",
    "access_token",
    "api_key",
    "key",
    "credential",
    "authorization",
    "authentication",
    "session",
];

/// What goes with every answer, beside what it is about.
pub(super) const BESIDE: [&str; 40] = [
    "ok",
    "success",
    "successful",
    "succeeded",
    "status",
    "status_code",
    "code",
    "message",
    "messages",
    "msg",
    "error",
    "errors",
    "error_code",
    "error_message",
    "warnings",
    "meta",
    "metadata",
    "links",
    "request_id",
    "trace_id",
    "timestamp",
    "time",
    "version",
    "api_version",
    "jsonapi",
    "included",
    "type",
    "object",
    "kind",
    "self",
    "pagination",
    "extensions",
    "debug",
    "server_time",
    "duration",
    "took",
    "help",
    "href",
    "valid",
    "is_valid",
];

/// Words of schemas of errors.
pub(super) const FAILURES: [&str; 8] = [
    "err",
    "error",
    "errors",
    "problem",
    "exception",
    "fault",
    "failure",
    "failed",
];

/// Fields of errors, beside those of [`BESIDE`].
pub(super) const OF_FAILURES: [&str; 14] = [
    "id",
    "name",
    "title",
    "detail",
    "details",
    "description",
    "reason",
    "instance",
    "path",
    "field",
    "fields",
    "error_description",
    "error_type",
    "documentation_url",
];

/// Values of a kind or a status that nobody's answer has.
pub(super) const NOBODYS: [&str; 8] = [
    "anonymous",
    "unauthenticated",
    "unauthorized",
    "logged_out",
    "nobody",
    "error",
    "failed",
    "failure",
];

/// Words of schemas and paths that are about organizations.
pub(super) const ORGANIZATION_WORDS: [&str; 13] = [
    "organization",
    "organisation",
    "org",
    "workspace",
    "team",
    "company",
    "enterprise",
    "tenant",
    "business",
    "merchant",
    "shop",
    "store",
    "institution",
];

/// What services have for each of their customers, where it is said that the token goes with it.
pub(super) const TENANTS: [&str; 8] = [
    "deployment",
    "space",
    "instance",
    "installation",
    "portal",
    "realm",
    "domain",
    "subdomain",
];

/// Objects that hold more of the fields of the object around them.
pub(super) const PARTS: [&str; 23] = [
    "body",
    "spec",
    "traits",
    "attributes",
    "user_metadata",
    "user_profile",
    "public_profile",
    "personal_data",
    "basic_info",
    "basic",
    "general",
    "profile",
    "details",
    "user_info",
    "user_details",
    "personal",
    "personal_info",
    "personal_details",
    "fields",
    "properties",
    "contact_info",
    "contact_information",
    "contact_details",
];
