/* SPDX-License-Identifier: MIT */
#include "reports/matrix.h"
#include "reports/html.h"
#include "reports/quote.h"

enum { NAME_WIDTH = 18, LINE_WIDTH = 80 };

static const char *text_of(const struct campaign_matrix *matrix, size_t row, size_t column)
{
	return matrix->cells[row * matrix->columns + column].text;
}

void matrix_text(struct buf *to, const struct campaign_matrix *matrix)
{
	int width = matrix && matrix->columns > 1 ? (LINE_WIDTH - NAME_WIDTH) / (int)(matrix->columns - 1) : 0;

	for (size_t row = 0; matrix && row < matrix->rows; row++) {
		buf_printf(to, "%-*s", NAME_WIDTH, text_of(matrix, row, 0));
		for (size_t column = 1; column < matrix->columns; column++)
			buf_printf(to, " %*s", width - 1, text_of(matrix, row, column));
		buf_putc(to, '\n');
	}
}

static void put_markdown_row(struct buf *to, const struct campaign_matrix *matrix, size_t row)
{
	for (size_t column = 0; column < matrix->columns; column++) {
		bool good = matrix->cells[row * matrix->columns + column].good;

		buf_puts(to, good ? "| " : "| **");
		quote_markdown(to, text_of(matrix, row, column));
		buf_puts(to, good ? " " : "** ");
	}
	buf_puts(to, "|\n");
}

static void put_markdown_list(struct buf *to, const struct campaign_matrix *matrix, size_t row, size_t column)
{
	buf_puts(to, "- **");
	quote_markdown(to, text_of(matrix, row, 0));
	buf_putc(to, ' ');
	quote_markdown(to, text_of(matrix, 0, column));
	buf_puts(to, "** ");
	quote_markdown(to, matrix->cells[row * matrix->columns + column].list);
	buf_putc(to, '\n');
}

void matrix_markdown(struct buf *to, const struct campaign_matrix *matrix)
{
	if (!matrix)
		return;
	buf_printf(to, "\n### %s\n\n", matrix->title);
	put_markdown_row(to, matrix, 0);
	for (size_t column = 0; column < matrix->columns; column++)
		buf_puts(to, column ? "|--:" : "|---");
	buf_puts(to, "|\n");
	for (size_t row = 1; row < matrix->rows; row++)
		put_markdown_row(to, matrix, row);
	buf_putc(to, '\n');
	for (size_t i = matrix->columns; i < matrix->rows * matrix->columns; i++)
		if (matrix->cells[i].list)
			put_markdown_list(to, matrix, i / matrix->columns, i % matrix->columns);
}

static void put_html_cell(struct buf *to, const struct campaign_cell *cell)
{
	const char *form =
		cell->good ? "<td><details><summary>%s</summary>%s</details></td>"
			   : "<td><details><summary><strong class=\"fail\">%s</strong></summary>%s</details></td>";

	html_put(to, form, cell->text, cell->list ? cell->list : "");
}

static void put_html_row(struct buf *to, const struct campaign_matrix *matrix, size_t row)
{
	buf_puts(to, "<tr>");
	for (size_t column = 0; column < matrix->columns; column++) {
		const char *text = text_of(matrix, row, column);

		if (row == 0 || column == 0)
			html_put(to, row ? "<th scope=\"row\">%s</th>" : "<th scope=\"col\">%s</th>", text);
		else
			put_html_cell(to, &matrix->cells[row * matrix->columns + column]);
	}
	buf_puts(to, "</tr>\n");
}

void matrix_html(struct buf *to, const struct campaign_matrix *matrix)
{
	if (!matrix)
		return;
	html_put(to, "<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">%s</h2>\n<table>\n", matrix->title);
	for (size_t row = 0; row < matrix->rows; row++)
		put_html_row(to, matrix, row);
	buf_puts(to, "</table>\n</section>\n");
}

static void put_json_row(struct json_writer *json, const struct campaign_matrix *matrix, size_t row)
{
	json_begin(json, NULL, '{');
	json_text(json, "name", text_of(matrix, row, 0));
	json_begin(json, "cells", '[');
	for (size_t column = 1; column < matrix->columns; column++) {
		json_begin(json, NULL, '{');
		json_text(json, "column", text_of(matrix, 0, column));
		json_text(json, "text", text_of(matrix, row, column));
		json_bool(json, "good", matrix->cells[row * matrix->columns + column].good);
		json_end(json, '}');
	}
	json_end(json, ']');
	json_end(json, '}');
}

void matrix_json(struct json_writer *json, const struct campaign_matrix *matrix)
{
	if (!matrix)
		return;
	json_begin(json, "matrix", '{');
	json_text(json, "title", matrix->title);
	json_begin(json, "rows", '[');
	for (size_t row = 1; row < matrix->rows; row++)
		put_json_row(json, matrix, row);
	json_end(json, ']');
	json_end(json, '}');
}
