// Programmes: offers of that kind with the terms on which they may be applied to. An older program
// does not know the kind.
CREATE INDEX offer_deadline IF NOT EXISTS FOR (n:Offer) ON (n.deadline);
