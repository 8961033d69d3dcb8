"""People of the company, and what they may see."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac


class Role(models.TextChoices):
    """What a person may change; what they may *see* is decided by scopes."""

    AGENT = "agent"
    LEAD = "lead"
    ADMINISTRATOR = "administrator"


class UserManager(BaseUserManager["User"]):
    """Looks people up by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person of the company. `mention` is the name behind the @: unique, lower case, letters, digits, hyphens.

    Every session carries a hash of the password and `session_epoch`: counting that up ends them all.
    """

    email = models.EmailField(unique=True)
    name = models.TextField()
    mention = models.SlugField(unique=True)
    role = models.TextField(choices=Role.choices, default=Role.AGENT)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    timezone = models.TextField(default="UTC")
    language = models.TextField(default="en")
    created_at = models.DateTimeField()
    session_epoch = models.IntegerField(default=0)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        db_table = "account_user"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        content = f"{self.password}:{self.session_epoch}"
        return salted_hmac("midchannel.session", content, secret=secret, algorithm="sha256").hexdigest()


class Scope(models.Model):
    """Whose work something is: an id with members."""

    kind = models.TextField(default="team")

    class Meta:
        db_table = "scope"


class Team(models.Model):
    """People who work together; its scope is what they see."""

    name = models.TextField(unique=True)
    scope = models.OneToOneField(Scope, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        db_table = "team"


class Membership(models.Model):
    """A person in a scope."""

    scope = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "scope_member"
        constraints = [models.UniqueConstraint(fields=["user", "scope"], name="scope_member_once")]


class Installation(models.Model):
    """One row once the first run is done: its key is what makes two browsers that race for it one administrator."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.TextField(blank=True)
    founded_at = models.DateTimeField()

    class Meta:
        db_table = "installation"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_one")]


class Grant(models.Model):
    """What a person may do with one object outside their scopes, such as a conversation they were asked about."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    object_type = models.TextField()
    object_id = models.BigIntegerField()
    kind = models.TextField(default="see")
    granted_by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "scope_grant"
        constraints = [
            models.UniqueConstraint(fields=["user", "object_type", "object_id", "kind"], name="scope_grant_once")
        ]
        indexes = [models.Index(fields=["object_type", "object_id"], name="scope_grant_by_object")]


class Invitation(models.Model):
    """An invitation by a link that works once. Only the hash of its token is kept."""

    email = models.EmailField()
    name = models.TextField(blank=True)
    role = models.TextField(choices=Role.choices, default=Role.AGENT)
    team_ids = ArrayField(models.BigIntegerField(), default=list)
    token_hash = models.BinaryField(unique=True)
    invited_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_invitation"


class ApiToken(models.Model):
    """A token of the REST API: acts with one person's eyes, and only within its own rights (`read:customers`, ...)."""

    name = models.TextField()
    token_hash = models.BinaryField(unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    rights = ArrayField(models.TextField(), default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_api_token"
