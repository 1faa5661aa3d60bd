"""Message templates in DynamoDB: a row each, beside the configuration."""

from __future__ import annotations

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.tables import MessageTemplateRow
from chalicelib.core.template import MessageTemplate

_LONGEST_NAME = 512  # bytes; a sort key holds 1,024


class DynamoTemplates:
    """The TemplateStore on the table `center`."""

    def template(self, name: str) -> MessageTemplate | None:
        if len(name.encode()) > _LONGEST_NAME:
            return None
        try:
            row = MessageTemplateRow.get("template", name)
        except MessageTemplateRow.DoesNotExist:
            return None
        return codec.load(row.document, MessageTemplate)

    def save_template(self, template: MessageTemplate) -> None:
        MessageTemplateRow("template", template.name, document=codec.dump(template)).save()
