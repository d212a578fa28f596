//! The names that providers give to what an identity holds, the likeliest first.
//!
//! A name is a field's words joined by underscores, so that `avatarUrl` and `avatar-url` are `avatar_url`. In a path,
//! `0` is the first item of an array and `*` any field.

use super::super::shape::Shape;

/// What a field must hold for a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string or a number.
    Text,
    /// True or false.
    Flag,
    /// An array of strings, or a string with spaces between.
    TextList,
}

impl Kind {
    /// Whether a field of this shape can be such a claim.
    pub(super) fn suits(self, shape: &Shape<'_>) -> bool {
        match self {
            Self::Text => shape.is_text(),
            Self::Flag => shape.is_flag(),
            Self::TextList => shape.is_text_list(),
        }
    }
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

const fn text(claim: &'static str, what: &'static str, names: &'static [&'static str]) -> Rule {
    Rule {
        claim,
        what,
        kind: Kind::Text,
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
        "member_uuid",
        "person_id",
        "profile_id",
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
        "identifier",
        "uri",
        "urn",
    ],
);

/// What may stand for the holder where there is no identifier.
pub(super) const SUB_SUBSTITUTE: Rule = text(
    "sub",
    "an identifier",
    &[
        "username",
        "user_name",
        "login",
        "handle",
        "email",
        "email_address",
        "primary_email",
    ],
);

/// The last words of identifiers.
pub(super) const ID_ENDINGS: [&str; 4] = ["id", "uuid", "gid", "guid"];

/// Words of identifiers that are not the holder's.
pub(super) const OTHERS_IDS: [&str; 33] = [
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
];

/// Claims of persons that stand on their own.
pub(super) const PERSONAL: [Rule; 5] = [
    text(
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
            "contact_email",
            "mail",
            "e_mail",
            "emails/0/address",
            "emails/0/email",
            "emails/0/value",
            "emails/0/email_address",
            "emails/0",
            "email/address",
            "email/email",
            "email/value",
            "primary_email/email",
            "email_addresses/0/email_address",
            "email_addresses/0/value",
            "person/email",
            "contact/email",
            "owner_email",
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
            "is_email_confirmed",
            "has_verified_email",
            "confirmed_email",
            "emails/0/verified",
            "emails/0/is_verified",
            "emails/0/confirmed",
            "email/verified",
            "email/is_verified",
        ],
    },
    text(
        "given_name",
        "a given name",
        &[
            "given_name",
            "givenname",
            "first_name",
            "firstname",
            "forename",
            "fname",
            "name/given_name",
            "name/first_name",
            "name/first",
            "name/given",
        ],
    ),
    text(
        "family_name",
        "a family name",
        &[
            "family_name",
            "familyname",
            "last_name",
            "lastname",
            "surname",
            "lname",
            "name/family_name",
            "name/last_name",
            "name/last",
            "name/family",
            "name/surname",
        ],
    ),
    text(
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
            "avatar/url",
            "avatar/image_url",
            "avatar/href",
            "avatar/original",
            "picture/url",
            "picture/data/url",
            "image/url",
            "photo/url",
            "photo/content_url",
            "photo/image_128x128",
            "photo/*",
            "profile_image/url",
            "profile_picture/url",
            "photos/0/value",
            "photos/0/url",
            "images/0/url",
            "images/0/src",
            "avatars/0/url",
            "pictures/0/url",
            "avatar_urls/48x48",
            "avatar_urls/*",
            "image/*",
            "avatars/large",
            "avatars/*",
            "image_512",
            "image_192",
            "image_72",
            "image_24",
            "links/avatar/href",
        ],
    ),
];

/// A name as shown to people.
pub(super) const NAME: Rule = text(
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
        "user_full_name",
        "user_display_name",
        "global_name",
        "public_name",
        "name/full_name",
        "name/formatted",
        "name/display_name",
        "name/full",
        "account_name",
        "user_real_name",
    ],
);

/// What may stand for a name where there is none.
pub(super) const LABEL: Rule = text(
    "name",
    "what it is called, in place of a name",
    &[
        "label",
        "token_name",
        "api_token_name",
        "access_token_name",
        "key_name",
        "api_key_name",
        "business_name",
        "merchant_name",
        "member_name",
        "bot_name",
        "app_name",
    ],
);

/// A text that says what a credential is for.
pub(super) const DESCRIPTION: Rule = text("name", "a description", &["description"]);

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
pub(super) const USERNAME: Rule = text(
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
        "nick",
        "slug",
        "user",
    ],
);

/// What a field is described as when it holds a name to sign in with.
pub(super) const USERNAME_PHRASES: [&str; 5] = [
    "user name",
    "username",
    "login name",
    "log in with",
    "logs in with",
];

/// Names to sign in with, which may be e-mail addresses.
pub(super) const LOGIN: Rule = text(
    "email",
    "an e-mail address",
    &["login", "username", "user_name", "user", "login_name", "id"],
);

/// When the account was made and last changed.
pub(super) const DATES: [Rule; 2] = [
    text(
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
            "user_created_at",
            "joined_at",
            "registered_at",
            "registration_date",
            "member_since",
            "signup_date",
            "inserted_at",
            "meta/created",
            "meta/created_at",
            "sys/created_at",
        ],
    ),
    text(
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
            "modified",
            "modified_on",
            "last_modified",
            "last_modified_at",
            "date_modified",
            "date_updated",
            "last_updated",
            "last_updated_at",
            "meta/last_modified",
            "meta/updated_at",
            "sys/updated_at",
        ],
    ),
];

/// What is said of the token itself.
pub(super) const TOKEN: [Rule; 3] = [
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
            "api_token/id",
            "access_token/id",
            "api_key/id",
            "authorization/id",
        ],
    ),
    text(
        "name",
        "the token's name",
        &[
            "token_name",
            "api_token_name",
            "access_token_name",
            "api_key_name",
            "key_name",
            "token/name",
            "api_token/name",
            "access_token/name",
            "api_key/name",
        ],
    ),
    text(
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
            "exp",
            "token_expires_at",
            "access_token_expires_at",
            "token_expiry",
            "token/expires_at",
            "token/expires_on",
            "api_token/expires_at",
            "access_token/expires_at",
            "api_key/expires_at",
        ],
    ),
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
        "capabilities",
        "abilities",
        "privileges",
        "permissions",
        "granted_permissions",
    ],
};

/// Words for organizations, the likeliest first.
pub(super) const ORGANIZATIONS: [&str; 18] = [
    "organization",
    "organisation",
    "org",
    "workspace",
    "team",
    "company",
    "enterprise",
    "tenant",
    "business",
    "account",
    "resource",
    "customer",
    "merchant",
    "site",
    "firm",
    "agency",
    "realm",
    "instance",
];

/// The plural of a word for an organization, and other names of lists of them.
pub(super) const ORGANIZATION_LISTS: [&str; 20] = [
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
    "customers",
    "merchants",
    "sites",
    "agencies",
];

/// What may stand before a word for an organization.
pub(super) const ORGANIZATION_PREFIXES: [&str; 8] = [
    "", "current_", "active_", "default_", "primary_", "my_", "user_", "home_",
];

/// The claims of an organization: within its object, and as the end of a flat field's name.
pub(super) const ORGANIZATION: [Rule; 5] = [
    text(
        "id",
        "its identifier",
        &["id", "gid", "uuid", "guid", "uid", "sid", "uri"],
    ),
    text(
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

/// Objects that hold a person.
pub(super) const PERSONS: [&str; 19] = [
    "user",
    "me",
    "member",
    "viewer",
    "current_user",
    "current_member",
    "authenticated_user",
    "profile",
    "person",
    "self",
    "owner",
    "resource_owner",
    "actor",
    "principal",
    "identity",
    "authorized_by",
    "contact",
    "human",
    "teammate",
];

/// Objects that hold anything.
pub(super) const ENVELOPES: [&str; 19] = [
    "data", "result", "results", "resource", "response", "payload", "body", "content", "item",
    "items", "object", "info", "details", "value", "values", "entity", "account", "customer", "d",
];

/// Objects that hold a credential.
pub(super) const TOKENS: [&str; 9] = [
    "token",
    "api_token",
    "access_token",
    "api_key",
    "key",
    "credential",
    "authorization",
    "authentication",
    "session",
];

/// Objects that hold more of the fields of the object around them.
pub(super) const PARTS: [&str; 10] = [
    "attributes",
    "profile",
    "person",
    "details",
    "user_info",
    "personal_info",
    "personal_details",
    "fields",
    "properties",
    "contact_info",
];
