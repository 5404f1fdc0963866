"""Acts on many customers at once: held, cut or released by country, industry, group, grade, segment or insurer."""
