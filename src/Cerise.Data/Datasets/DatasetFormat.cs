namespace Cerise.Data.Datasets;

/// <summary>How a file writes rows.</summary>
public enum DatasetFormat
{
    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>One JSON array of objects.</summary>
    JsonArray,

    /// <summary>Comma-, semicolon- or tab-separated cells with a header (RFC 4180).</summary>
    Csv,
}
