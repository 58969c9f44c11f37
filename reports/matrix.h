/* SPDX-License-Identifier: MIT
 *
 * A campaign's matrix (struct campaign_matrix), written by each format that can show a table; nothing where it has
 * none. */
#ifndef REPORTS_MATRIX_H
#define REPORTS_MATRIX_H

#include "base/buf.h"
#include "reports/json_write.h"
#include "judge/campaign.h"

void matrix_text(struct buf *to, const struct campaign_matrix *matrix); /* columns of spaces, within 80 of them */
void matrix_markdown(struct buf *to, const struct campaign_matrix *matrix);
void matrix_html(struct buf *to, const struct campaign_matrix *matrix);
/* The member "matrix". */
void matrix_json(struct json_writer *json, const struct campaign_matrix *matrix);

#endif
