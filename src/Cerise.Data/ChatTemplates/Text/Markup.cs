using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>HTML escaping. Templates meet it where text marked safe is joined with other text by '+'.</summary>
internal static class Markup
{
    /// <summary>The text as markup: as it is where it is markup already, escaped otherwise.</summary>
    public static StringValue Escape(StringValue value, RenderState state)
    {
        if (value.IsMarkup)
            return value;
        string text = value.Text;
        if (!text.AsSpan().ContainsAny("&<>'\""))
            return value.As(isMarkup: true);
        var escaped = new TextBuffer(state);
        int copied = 0;
        for (int at = 0; at < text.Length; at++)
        {
            string? entity = text[at] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '\'' => "&#39;",
                '"' => "&#34;",
                _ => null,
            };
            if (entity is null)
                continue;
            escaped.Append(value, copied, at - copied);
            escaped.Append(entity, value.OriginAt(at));
            copied = at + 1;
        }
        escaped.Append(value, copied, text.Length - copied);
        return escaped.ToValue(isMarkup: true);
    }

    /// <summary>An argument of a method of a text: escaped when that text is markup.</summary>
    public static StringValue Like(StringValue self, StringValue argument, RenderState state) => self.IsMarkup ? Escape(argument, state) : argument;
}
